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
            <h3>\(Markup.escaped(example.image.id))</h3>
            <p>\(Markup.escaped(verdict)) <span class="quiet">AUC \(String(format: "%.2f", example.image.auc.nats)) nats</span></p>
            \(picture)
            <details open><summary>Concepts</summary>
            <svg class="venn" role="img" viewBox="0 0 \(Markup.coordinate(width)) \(Markup.coordinate(height))" \
            font-family="system-ui, sans-serif"><title>\(Markup.escaped(example.venn.spoken))</title>
            \(example.venn.content)
            </svg></details>
            </article>
            """
    }

    private var picture: String {
        switch example.picture {
        case .success(let bytes):
            "<img alt=\"\(Markup.escaped(example.image.id)) with its parts in colour, the background dark\" "
                + "src=\"data:image/jpeg;base64,\(Data(bytes).base64EncodedString())\">"
        case .failure(let missing):
            "<p class=\"quiet\">The picture is not shown: \(Markup.escaped(missing.reason))</p>"
        }
    }
}
