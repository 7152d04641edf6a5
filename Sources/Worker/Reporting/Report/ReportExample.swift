import Foundation

/// One image of a report: its parts, and the Venn diagram of its concepts, which are also told in words.
struct ReportExample {
    private let example: ReportContent.Example

    init(_ example: ReportContent.Example) { self.example = example }

    var html: String {
        let verdict =
            example.label.map {
                $0 == example.predicted ? "right: \($0)" : "predicted \(example.predicted), labelled \($0)"
            }
            ?? "predicted \(example.predicted)"
        let (width, height) = example.venn.size
        return """
            <article>
            <h3>\(Markup.escaped(example.image.id.text))</h3>
            <p>\(Markup.escaped(verdict)) <span class="quiet">AUC \(String(format: "%.2f", example.image.auc.nats)) nats</span></p>
            \(picture)
            <svg class="venn" aria-hidden="true" viewBox="0 0 \(Markup.coordinate(width)) \(Markup.coordinate(height))" \
            font-family="system-ui, sans-serif">
            \(example.venn.content)
            </svg>
            <dl>\(concepts)</dl>
            </article>
            """
    }

    /// What the diagram shows, for small screens and for listeners.
    private var concepts: String {
        let titles = ["both": "both", "seen": "only seen", "said": "only said"]
        return example.venn.lists.map { heading, names in
            let words = names.isEmpty ? "–" : names.joined(separator: ", ")
            return "<dt>\(titles[heading] ?? heading)</dt><dd>\(Markup.escaped(words))</dd>"
        }.joined()
    }

    private var picture: String {
        switch example.picture {
        case .success(let bytes):
            "<img alt=\"\(Markup.escaped(example.image.id.text)) with its parts in colour, the background dark\" "
                + "src=\"data:image/jpeg;base64,\(Data(bytes).base64EncodedString())\">"
        case .failure(let missing):
            "<p class=\"quiet\">The picture is not shown: \(Markup.escaped(missing.reason))</p>"
        }
    }
}
