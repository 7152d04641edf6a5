/// Tables as one page that needs no network.
extension PaperTable {
    package static func page(_ tables: [PaperTable]) -> String {
        PageFrame.html(
            title: "The paper’s tables", policy: "style-src 'unsafe-inline'",
            body: "<header><h1>The paper’s tables</h1></header>\n<main>\n"
                + tables.map(\.html).joined(separator: "\n") + "\n</main>")
    }

    private var html: String {
        let grid = PaperGrid(self)
        let name = "Table \(number)"
        func cells(_ cells: [String], _ element: String, isQuiet: Bool = false) -> String {
            cells.enumerated().map { place, text in
                let kinds = (place < grid.labels ? [] : ["number"]) + (isQuiet ? ["quiet"] : [])
                return "<\(element)\(kinds.isEmpty ? "" : " class=\"\(kinds.joined(separator: " "))\"")>"
                    + "\(Markup.escaped(text))</\(element)>"
            }.joined()
        }
        let lines = grid.lines.map { "<tr>\(cells($0.cells, "td", isQuiet: $0.isNull))</tr>" }
        let notes = grid.notes.map { "<p class=\"quiet\">\(Markup.escaped($0))</p>" }
        return """
            <section id="table-\(number)"><h2>\(name)</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="\(name)"><table><caption>\(Markup.escaped(title))</caption>
            <thead><tr>\(cells(grid.heads, "th"))</tr></thead>
            <tbody>\(lines.joined(separator: "\n"))</tbody></table></div>
            \(notes.joined(separator: "\n"))</section>
            """
    }
}
