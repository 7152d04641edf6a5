extension MapSupply {
    /// An image's page with a form for texts, and the map of the one that is asked for. That there is none is part of the page.
    func added(to page: Page, _ name: PictureName, _ request: PageRequest, _ pool: ReaderPool) async throws -> Page {
        var page = page
        let section = try MapSection(name, request)
        page.drawings["hidden"] = section.kept
        if let reason = page.drawings.text("why_not") ?? refusal {
            page.drawings["map_why_not"] = .text(
                page.drawings.text("why_not") == nil ? reason : "Without the picture there is no map of a text over it."
            )
            if section.text != nil { page.content["map"] = section.content(without: reason) }
            return page
        }
        page.drawings["map_form"] = section.form
        guard let text = section.text else { return page }
        do {
            let map = try await map(name, text, pool)
            page.content["map"] = section.content(map)
            page.drawings["map_drawing"] = section.drawing(map)
        } catch let problem as ExplorerProblem {
            page.content["map"] = section.content(without: problem.sentence)
            page.drawings["map_problem"] = .text(problem.sentence)
            if problem.kind == .unavailable { page.shortcoming = problem }
        }
        return page
    }
}
