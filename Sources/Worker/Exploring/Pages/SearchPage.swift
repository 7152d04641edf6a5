/// Classes and descriptors by their words, images and classes by the beginning of their ids.
struct SearchPage {
    let request: PageRequest

    private static let limit = 20

    func read(_ reader: Reader) throws -> Page {
        let wanted = request.query["q"]
        var page = Page(
            kind: "search", title: wanted.map { "Search: " + $0 } ?? "Search", content: ["q": Node(wanted)],
            table: "images")
        guard let wanted else { return page }
        page.drawings["is_asked"] = .flag(true)
        // What sorts behind all that begins with it.
        let end = wanted + "\u{10FFFF}"
        let classes = try reader.rows(
            "classes with these words, or whose ids begin so",
            """
            SELECT s.analysis_id, s.name, k.class_id, k.class_name FROM (
                (SELECT analysis_id, class_id, class_name FROM entente.analysis_classes
                WHERE to_tsvector('simple'::regconfig, class_name)
                    @@ (nullif(plainto_tsquery('simple'::regconfig, translate($1, '-', ' '))::text, '') || ':*')::tsquery
                LIMIT \(Self.limit))
                UNION
                SELECT i.analysis_id, i.class_id, i.class_name FROM entente.analysis_settings AS a CROSS JOIN LATERAL (
                    SELECT * FROM entente.analysis_classes AS c
                    WHERE c.analysis_id = a.analysis_id AND c.class_id >= $1 AND c.class_id < $2 ORDER BY c.class_id LIMIT 5
                ) AS i
            ) AS k JOIN entente.analysis_settings AS s USING (analysis_id)
            ORDER BY k.class_name, s.name LIMIT \(Self.limit)
            """, [.text(wanted), .text(end)])
        let descriptors = try reader.rows(
            "descriptors with these words",
            """
            SELECT s.analysis_id, s.name, d.descriptor FROM (
                SELECT analysis_id, descriptor FROM entente.analysis_descriptors
                WHERE to_tsvector('simple'::regconfig, descriptor)
                    @@ (nullif(plainto_tsquery('simple'::regconfig, translate($1, '-', ' '))::text, '') || ':*')::tsquery
                LIMIT \(10 * Self.limit)
            ) AS d JOIN entente.analysis_settings AS s USING (analysis_id)
            ORDER BY length(d.descriptor), d.descriptor, s.name LIMIT \(Self.limit)
            """, [.text(wanted)])
        let images = try reader.rows(
            "images whose ids begin so",
            """
            SELECT s.analysis_id, s.name, i.image_id, i.state FROM entente.analysis_settings AS s CROSS JOIN LATERAL (
                SELECT image_id, state FROM entente.image_sources AS m
                WHERE m.analysis_id = s.analysis_id AND m.image_id >= $1 AND m.image_id < $2 ORDER BY m.image_id LIMIT 5
            ) AS i
            ORDER BY i.image_id, s.name LIMIT \(Self.limit)
            """, [.text(wanted), .text(end)])
        func linked(_ rows: [Record], _ route: (String, Record) -> ExplorerRoute) -> Node {
            .list(
                rows.map { row in
                    var row = row
                    row["href"] = .text(route(row.text("analysis_id") ?? "", row).path)
                    return .record(row)
                })
        }
        page.content["classes"] = linked(classes) { .imageClass(analysis: $0, $1.text("class_id") ?? "") }
        page.content["concepts"] = linked(descriptors) { .concept(analysis: $0, $1.text("descriptor") ?? "") }
        page.content["images"] = linked(images) {
            .picture(PictureName(analysis: $0, image: $1.text("image_id") ?? ""))
        }
        page.drawings["is_empty"] = .flag(classes.isEmpty && descriptors.isEmpty && images.isEmpty)
        return page
    }
}
