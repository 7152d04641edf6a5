/// Two analyses side by side: what moved, which concepts came and went, which predictions flipped.
struct ComparePage {
    let request: PageRequest

    /// Images that are looked through for flips at a time.
    private static let window = 2_500

    func read(_ reader: Reader) throws -> Page {
        guard let a = request.query["a"], let b = request.query["b"] else {
            throw ExplorerProblem(
                .badRequest, "Two analyses are compared by their ids: /compare?a=…&b=…; the index links pairs.")
        }
        let (from, to) = (try AnalysisHead(a, reader), try AnalysisHead(b, reader))
        let estimator = try request.estimator()
        let shared = from.methods.filter(to.methods.contains)
        let method = try request.method(of: shared)
        var page = Page(
            kind: "compare", title: "\(from.name) and \(to.name)",
            content: [
                "a": .record(["analysis_id": .text(a), "name": .text(from.name)]),
                "b": .record(["analysis_id": .text(b), "name": .text(to.name)]), "estimator": .text(estimator),
                "method": Node(method),
            ], table: "classes")
        page.drawings = [
            "a_href": .text(from.crumb.href), "b_href": .text(to.crumb.href),
            "is_same_setting": .flag(from.record.text("setting_digest") == to.record.text("setting_digest")),
            "has_method": .flag(method != nil),
            "hidden": .list([
                .record(["hidden_name": .text("a"), "hidden_value": .text(a)]),
                .record(["hidden_name": .text("b"), "hidden_value": .text(b)]),
            ]),
            "switches": request.switches([
                ("estimator", "Estimator", ["membership", "released"], estimator),
                ("method", "Part method", shared, method),
            ]),
        ]
        if let method {
            let (before, now) = (
                try ClassPoints(of: a, reader, method, estimator), try ClassPoints(of: b, reader, method, estimator)
            )
            page.drawings["has_no_labels"] = .flag(!before.areOfLabels && !now.areOfLabels && !now.rows.isEmpty)
            // One kind of image is not held against another.
            let changes =
                before.areOfLabels == now.areOfLabels ? ClassChanges.between(before.rows, now.rows) : []
            page.content["classes"] = .list(
                changes.map { row in
                    var row = row
                    row["href"] = .text(ExplorerRoute.imageClass(analysis: b, row.text("class_id") ?? "").path)
                    return .record(row)
                })
            page.showPart(of: "classes", as: "class_rows", request)
            page.content["concepts"] = .list(try concepts(reader, a, b, method))
        }
        try flips(&page, reader, a, b)
        if let image = request.query["image"] { try sideBySide(&page, reader, a, b, image, method) }
        return page
    }

    /// In how many more or fewer images both encoders name a descriptor.
    private func concepts(_ reader: Reader, _ a: String, _ b: String, _ method: String) throws -> [Node] {
        try reader.rows(
            "concepts that came and went",
            """
            SELECT coalesce(f.descriptor, t.descriptor) AS descriptor, coalesce(f.images, 0) AS from_mutual_images,
                coalesce(t.images, 0) AS to_mutual_images, coalesce(t.images, 0) - coalesce(f.images, 0) AS delta_mutual_images
            FROM (
                SELECT d.descriptor, c.mutual_images AS images FROM entente.concept_classes AS c
                JOIN entente.analysis_descriptors AS d ON d.analysis_id = c.analysis_id AND d.descriptor_index = c.descriptor_index
                WHERE c.analysis_id = $1 AND c.part_method = $3 AND c.label_index = -2 AND c.predicted_index = -2
            ) AS f
            FULL JOIN (
                SELECT d.descriptor, c.mutual_images AS images FROM entente.concept_classes AS c
                JOIN entente.analysis_descriptors AS d ON d.analysis_id = c.analysis_id AND d.descriptor_index = c.descriptor_index
                WHERE c.analysis_id = $2 AND c.part_method = $3 AND c.label_index = -2 AND c.predicted_index = -2
            ) AS t ON t.descriptor = f.descriptor
            WHERE coalesce(t.images, 0) <> coalesce(f.images, 0)
            ORDER BY abs(coalesce(t.images, 0) - coalesce(f.images, 0)) DESC, 1 LIMIT 40
            """, [.text(a), .text(b), .text(method)]
        ).map { row in
            let isGained = (row.count("delta_mutual_images") ?? 0) > 0
            var row = row
            row["href"] = .text(ExplorerRoute.concept(analysis: isGained ? b : a, row.text("descriptor") ?? "").path)
            return .record(row)
        }
    }

    /// Among the next images of the first analysis by id, those that the second takes for another class.
    private func flips(_ page: inout Page, _ reader: Reader, _ a: String, _ b: String) throws {
        let after = request.query["after"] ?? ""
        let end = try reader.rows(
            "how far images are looked through",
            """
            SELECT max(image_id COLLATE "C") AS last, count(*) AS images FROM (
                SELECT image_id FROM entente.image_predictions WHERE analysis_id = $1 AND image_id > $2
                ORDER BY image_id LIMIT \(Self.window)
            ) AS w
            """, [.text(a), .text(after)])
        guard let end = end.first, let last = end.text("last") else { return }
        let rows = try reader.rows(
            "predictions that flipped",
            """
            SELECT f.image_id, l.class_name AS label_name, fk.class_name AS from_name, tk.class_name AS to_name,
                f.hit_at_1 AS from_hit, t.hit_at_1 AS to_hit
            FROM entente.image_predictions AS f
            JOIN entente.image_predictions AS t ON t.analysis_id = $2 AND t.image_id = f.image_id
            JOIN entente.analysis_classes AS fk ON fk.analysis_id = f.analysis_id AND fk.class_index = f.predicted_index
            JOIN entente.analysis_classes AS tk ON tk.analysis_id = t.analysis_id AND tk.class_index = t.predicted_index
            LEFT JOIN entente.analysis_classes AS l ON l.analysis_id = f.analysis_id AND l.class_index = f.label_index
            WHERE f.analysis_id = $1 AND f.image_id > $3 AND f.image_id <= $4 AND t.image_id > $3 AND t.image_id <= $4
                AND fk.class_id <> tk.class_id
            ORDER BY f.image_id LIMIT \(PageRequest.length + 1)
            """, [.text(a), .text(b), .text(after), .text(last)])
        let shown = rows.prefix(PageRequest.length).map { row -> Node in
            let image = row.text("image_id") ?? ""
            var row = row
            row["href"] = .text(request.href(["image": image]))
            row["to_href"] = .text(ExplorerRoute.picture(PictureName(analysis: b, image: image)).path)
            return .record(row)
        }
        page.content["flips"] = .list(shown)
        let isFull = rows.count > PageRequest.length
        page.content["images_looked_through"] = isFull ? .absent : end["images"]
        let next =
            isFull ? rows[PageRequest.length - 1].text("image_id") : (end.count("images") == Self.window ? last : nil)
        if let next { page.content["next"] = .text(request.href(["after": next, "image": nil])) }
    }

    private func sideBySide(
        _ page: inout Page, _ reader: Reader, _ a: String, _ b: String, _ image: String, _ method: String?
    ) throws {
        let changes = try reader.rows(
            "one image in both",
            """
            SELECT p.analysis_id, p.part_method, p.mi_released, p.auc_released, p.mi_membership, p.auc_membership, p.overlap,
                (SELECT array_agg(c.descriptor ORDER BY c.rank) FROM entente.image_concepts AS c
                    WHERE c.analysis_id = p.analysis_id AND c.image_id = p.image_id AND c.part_method = p.part_method AND c.mutual) AS mutual
            FROM entente.image_scores AS p
            WHERE p.analysis_id IN ($1, $2) AND p.image_id = $3 AND p.part_method = $4
            """, [.text(a), .text(b), .text(image), .optionalText(method)])
        func concepts(_ id: String) -> [String] {
            guard case .list(let nodes) = changes.first(where: { $0.text("analysis_id") == id })?["mutual"] ?? .absent
            else { return [] }
            return nodes.compactMap { node in
                if case .text(let text) = node { return text }
                return nil
            }
        }
        let (before, now) = (concepts(a), concepts(b))
        func names(_ texts: [String]) -> Node { .list(texts.map { .record(["descriptor": .text($0)]) }) }
        page.content["image"] = .record([
            "image_id": .text(image), "in_both": .list(changes.map { .record($0) }),
            "gained": names(now.filter { !before.contains($0) }), "lost": names(before.filter { !now.contains($0) }),
        ])
        func overlay(_ id: String) -> Node {
            let query = PageQuery("").with(["size": "480", "method": method, "parts": "1"])
            return .text(ExplorerRoute.bytes(.picture, PictureName(analysis: id, image: image)).path + "?" + query)
        }
        page.drawings["a_picture"] = overlay(a)
        page.drawings["b_picture"] = overlay(b)
        page.drawings["a_image_href"] = .text(ExplorerRoute.picture(PictureName(analysis: a, image: image)).path)
        page.drawings["b_image_href"] = .text(ExplorerRoute.picture(PictureName(analysis: b, image: image)).path)
    }
}
