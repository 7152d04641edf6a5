import Foundation
import Inference
import Reporting

/// The way to the sheets of all pictures.
struct DenseIndex {
    let method: DenseMethod
    let entries: [Entry]

    struct Entry: Sendable {
        let image: String
        /// What the names of the picture's files begin with.
        let stem: String
        /// Texts that are there, the most present first.
        let present: [DenseSummary.Text]
    }

    private static let mostNamed = 3

    var html: String {
        DensePage.html(
            title: "\(entries.count) pictures – \(method.rawValue)",
            body: """
                <header>
                <h1>\(entries.count) \(entries.count == 1 ? "picture" : "pictures")</h1>
                <p class="quiet">Patches compared with texts by \(method.rawValue)</p>
                </header>
                <main class="texts">
                \(entries.map(Self.card).joined(separator: "\n"))
                </main>
                """)
    }

    private static func card(_ entry: Entry) -> String {
        let named = entry.present.prefix(mostNamed).map { text in
            "<li><span class=\"swatch\" style=\"background:\(text.color)\"></span> "
                + "\(DensePage.name(text.text)) \(DensePage.percent(Double(text.presence)))</li>"
        }
        let more = entry.present.count - named.count
        let rest = more > 0 ? "<li class=\"quiet\">and \(more) more</li>" : ""
        let said =
            entry.present.isEmpty ? "<p>All texts are absent.</p>" : "<ul class=\"named\">\(named.joined())\(rest)</ul>"
        return """
            <article>
            <h3 dir="auto"><a href="\(DensePage.address(entry.stem + ".html"))">\
            \(Markup.escaped((entry.image as NSString).lastPathComponent))</a></h3>
            <img alt="" loading="lazy" src="\(DensePage.address(entry.stem + ".jpg"))">
            \(said)
            </article>
            """
    }
}
