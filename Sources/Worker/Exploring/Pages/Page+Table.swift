extension Page {
    /// Rows of a long table that a page shows by itself; its twin and its CSV have all.
    private static let shown = 100

    /// Shows the beginning of a list of its content, unless `classes=all` asks for the whole.
    ///
    /// - Parameter name: of what the template lists; `more_href` and `more_count` say what is left out.
    mutating func showPart(of list: String, as name: String, _ request: PageRequest) {
        guard case .list(let rows) = content[list] else { return }
        let isWhole = rows.count <= Self.shown || request.query["classes"] == "all"
        drawings[name] = .list(isWhole ? rows : Array(rows.prefix(Self.shown)))
        guard !isWhole else { return }
        drawings["shown_count"] = .count(Self.shown)
        drawings["more_count"] = .count(rows.count)
        drawings["more_href"] = .text(request.href(["classes": "all"]))
    }
}
