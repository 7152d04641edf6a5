/// One descriptor in an analysis: in which classes it is seen, said and both, in which images, and what other analyses have of it.
struct ConceptPage {
    let id: String
    let descriptor: String
    let request: PageRequest

    /// Pairs of label and prediction whose images are looked through, and images of each.
    private static let (cells, perCell) = (24, 2)
    /// Images of a pair of classes that are looked through for it: the pairs are those that have it oftenest.
    private static let window = 200

    func read(_ reader: Reader) throws -> Page {
        let head = try AnalysisHead(id, reader)
        let method = try request.method(of: head.methods)
        let known = try reader.rows(
            "the descriptor",
            "SELECT descriptor_index FROM entente.analysis_descriptors WHERE analysis_id = $1 AND descriptor = $2",
            [.text(id), .text(descriptor)])
        guard let index = known.first?.count("descriptor_index") else {
            throw ExplorerProblem(
                .notFound,
                "The bank of \(head.name) has no such descriptor; the search finds descriptors by their words.")
        }
        var page = Page(
            kind: "concept", title: descriptor, crumbs: [head.crumb],
            content: [
                "analysis": .record(["analysis_id": .text(id), "name": .text(head.name)]),
                "descriptor": .text(descriptor),
                "descriptor_index": .count(index), "method": Node(method),
            ], table: "classes")
        page.drawings["switches"] = request.switches([("method", "Part method", head.methods, method)])
        if let method {
            page.content["classes"] = .list(try classes(reader, index, method))
            let images = try images(reader, index, method, fit: head.fit)
            page.content["images"] = .list(images)
            page.drawings["images_note"] =
                images.isEmpty
                ? .absent
                : .text(
                    "Up to \(Self.perCell) of each of the \(Self.cells) pairs of label and prediction that have it oftenest, "
                        + "among the first \(Self.window) images of a pair.")
        }
        page.content["said_of"] = .list(
            try reader.rows(
                "classes of which it is said",
                """
                SELECT class_id, class_name, rank, similarity FROM entente.language_concepts
                WHERE analysis_id = $1 AND descriptor_index = $2::int ORDER BY rank, class_index LIMIT 50
                """, [.text(id), .integer(index)]
            ).map(linked))
        page.content["elsewhere"] = .list(try elsewhere(reader, method))
        return page
    }

    private func linked(_ row: Record) -> Node {
        var row = row
        if let classID = row.text("class_id") {
            row["href"] = .text(ExplorerRoute.imageClass(analysis: id, classID).path)
        }
        return .record(row)
    }

    private func classes(_ reader: Reader, _ index: Int, _ method: String) throws -> [Node] {
        try reader.rows(
            "classes in whose images it is seen",
            """
            SELECT k.class_id, k.class_name, c.is_label, c.vision_images, c.mutual_images, p.images,
                c.vision_images / nullif(p.images, 0)::double precision AS seen_share
            FROM (
                SELECT q.analysis_id, m.is_label, m.class_index, sum(q.vision_images)::bigint AS vision_images,
                    sum(q.mutual_images)::bigint AS mutual_images
                FROM entente.concept_classes AS q
                CROSS JOIN LATERAL (SELECT q.label_index >= 0 AS is_label,
                    CASE WHEN q.label_index >= 0 THEN q.label_index ELSE q.predicted_index END AS class_index) AS m
                WHERE q.analysis_id = $1 AND q.descriptor_index = $2::int AND q.part_method = $3 AND q.label_index >= -1
                GROUP BY q.analysis_id, m.is_label, m.class_index ORDER BY 5 DESC, 4 DESC, 3, 2 LIMIT 50
            ) AS c
            JOIN entente.analysis_classes AS k ON k.analysis_id = c.analysis_id AND k.class_index = c.class_index
            LEFT JOIN LATERAL (
                SELECT images FROM entente.class_points AS q
                WHERE c.is_label AND q.analysis_id = c.analysis_id AND q.part_method = $3 AND q.class_index = c.class_index
                UNION ALL
                SELECT images FROM entente.unlabelled_points AS q
                WHERE NOT c.is_label AND q.analysis_id = c.analysis_id AND q.part_method = $3 AND q.class_index = c.class_index
                LIMIT 1
            ) AS p ON true
            ORDER BY c.mutual_images DESC, c.vision_images DESC, c.class_index, c.is_label
            """, [.text(id), .integer(index), .text(method)], ["seen_share": .share]
        ).map { row in
            guard row.flag("is_label") == false, let name = row.text("class_id") else { return linked(row) }
            var row = row
            let query = PageQuery("").with(["of": ClassMembers.prediction.rawValue])
            row["href"] = .text(ExplorerRoute.imageClass(analysis: id, name).path + "?" + query)
            return .record(row)
        }
    }

    /// Some images of the pairs of classes that have it oftenest, each with the parts that picked it.
    private func images(
        _ reader: Reader, _ index: Int, _ method: String, fit: String
    ) throws -> [Node] {
        try reader.rows(
            "images in which it is seen",
            """
            SELECT i.image_id, i.is_mutual, k.class_name AS predicted_name, (
                SELECT n.parts FROM entente.image_concepts AS n
                WHERE n.analysis_id = i.analysis_id AND n.image_id = i.image_id AND n.part_method = $3
                    AND n.descriptor_index = $2::int LIMIT 1) AS parts, \(ImageLinks.isWhole)
            FROM (
                SELECT label_index, predicted_index FROM entente.concept_classes
                WHERE analysis_id = $1 AND descriptor_index = $2::int AND part_method = $3 AND label_index >= -1
                ORDER BY mutual_images DESC, vision_images DESC, label_index, predicted_index LIMIT \(Self.cells)
            ) AS c
            CROSS JOIN LATERAL (
                SELECT a.analysis_id, a.image_id, a.vision_mutual[array_position(a.vision_descriptors, $2::int)] AS is_mutual
                FROM (
                    SELECT * FROM entente.image_predictions AS q
                    WHERE q.analysis_id = $1 AND q.predicted_index = c.predicted_index
                        AND q.label_index IS NOT DISTINCT FROM nullif(c.label_index, -1)
                    LIMIT \(Self.window)
                ) AS p
                CROSS JOIN LATERAL (
                    SELECT * FROM entente.image_agreements AS g
                    WHERE g.analysis_id = p.analysis_id AND g.image_id = p.image_id AND g.part_method = $3 LIMIT 1
                ) AS a
                WHERE $2::int = ANY (a.vision_descriptors)
                LIMIT \(Self.perCell)
            ) AS i
            LEFT JOIN entente.analysis_classes AS k ON k.analysis_id = i.analysis_id AND k.class_index = c.predicted_index
            """, [.text(id), .integer(index), .text(method)]
        ).map { row in
            var row = ImageLinks.added(to: row, of: id)
            row["crop_href"] = .absent
            if row["picture_href"] != .absent, fit != "official", let part = PictureFigures.numbers(row["parts"]).first
            {
                let name = PictureName(analysis: id, image: row.text("image_id") ?? "")
                let crop = PageQuery("").with(["method": method, "part": String(part), "size": "160"])
                row["crop_href"] = .text(ExplorerRoute.bytes(.prompted, name).path + "?" + crop)
            }
            return .record(row)
        }
    }

    private func elsewhere(_ reader: Reader, _ method: String?) throws -> [Node] {
        try reader.rows(
            "what all analyses have of it",
            """
            SELECT s.analysis_id, s.name, c.part_method, c.vision_images, c.mutual_images
            FROM entente.analysis_descriptors AS d
            JOIN entente.analysis_settings AS s ON s.analysis_id = d.analysis_id
            CROSS JOIN LATERAL (
                SELECT * FROM entente.concept_classes AS q
                WHERE q.analysis_id = d.analysis_id AND q.descriptor_index = d.descriptor_index AND q.part_method = $2
                    AND q.label_index = -2 AND q.predicted_index = -2 LIMIT 1
            ) AS c
            WHERE d.descriptor = $1 ORDER BY c.mutual_images DESC, s.name LIMIT 100
            """, [.text(descriptor), .optionalText(method)]
        ).map { row in
            var row = row
            row["href"] = .text(ExplorerRoute.concept(analysis: row.text("analysis_id") ?? "", descriptor).path)
            return .record(row)
        }
    }
}
