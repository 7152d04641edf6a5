/// One class of an analysis: what it is taken for, which concepts it has, its images.
struct ClassPage {
    let id: String
    let classID: String
    let request: PageRequest

    func read(_ reader: Reader) throws -> Page {
        let head = try AnalysisHead(id, reader)
        let estimator = try request.estimator()
        let method = try request.method(of: head.methods)
        let known = try reader.rows(
            "the class",
            "SELECT class_index, class_id, class_name FROM entente.analysis_classes WHERE analysis_id = $1 AND class_id = $2",
            [.text(id), .text(classID)])
        guard let known = known.first, let index = known.count("class_index") else {
            throw ExplorerProblem(
                .notFound,
                "The analysis \(head.name) has no class with the id \(classID); its own page lists its classes.")
        }
        let name = known.text("class_name") ?? classID
        let confusions = try takenFor(reader, index)
        let unlabelled = try method.map { try meansWithoutLabel(reader, index, $0, estimator) } ?? []
        let kinds = ClassMembers.allCases.filter { $0 == .label ? !confusions.isEmpty : !unlabelled.isEmpty }
        // Without parts there are no sums of images without a label.
        let members = try chosen ?? kinds.first ?? (method == nil ? .prediction : .label)
        var page = Page(
            kind: "class", title: name, crumbs: [head.crumb],
            content: [
                "analysis": .record(["analysis_id": .text(id), "name": .text(head.name)]), "class": .record(known),
                "estimator": .text(estimator), "method": Node(method), "of": .text(members.rawValue),
            ], table: "images")
        page.drawings["switches"] = request.switches([
            ("estimator", "Estimator", ["membership", "released"], estimator),
            ("method", "Part method", head.methods, method),
            ("of", "Images by", kinds.map { $0.rawValue }, members.rawValue),
        ])
        page.drawings["has_no_label"] = .flag(members == .prediction)
        page.content["taken_for"] = .list(confusions)
        if let method {
            let summary = members == .label ? try means(reader, index, method, estimator) : unlabelled
            page.content["summary"] = .list(summary.map { .record($0) })
            try concepts(&page, reader, index, method, members, of: summary.first?.count("images") ?? 0)
        }
        try images(&page, reader, index, method, estimator, members)
        return page
    }

    /// What `of` asks for.
    private var chosen: ClassMembers? {
        get throws {
            guard let wanted = request.query["of"] else { return nil }
            guard let members = ClassMembers(rawValue: wanted) else {
                throw ExplorerProblem(.badRequest, "of has to be label or prediction.")
            }
            return members
        }
    }

    private func means(_ reader: Reader, _ index: Int, _ method: String, _ estimator: String) throws -> [Record] {
        try reader.rows(
            "means with their 95 % intervals",
            """
            SELECT images, labelled, top_1, top_1_low, top_1_high, mi_\(estimator) AS mi, mi_\(estimator)_low AS mi_low,
                mi_\(estimator)_high AS mi_high, auc_\(estimator) AS auc, auc_\(estimator)_low AS auc_low,
                auc_\(estimator)_high AS auc_high, vision_concepts, mutual_concepts
            FROM entente.class_summary
            WHERE analysis_id = $1 AND class_role = 'label' AND class_index = $2::int AND part_method = $3
            """, [.text(id), .integer(index), .text(method)], AnalysisPage.estimates)
    }

    private func meansWithoutLabel(_ reader: Reader, _ index: Int, _ method: String, _ estimator: String) throws
        -> [Record]
    {
        try reader.rows(
            "means of images without a label that are taken for it",
            """
            SELECT images, mi_\(estimator) AS mi, auc_\(estimator) AS auc, vision_concepts, mutual_concepts
            FROM entente.unlabelled_points WHERE analysis_id = $1 AND part_method = $3 AND class_index = $2::int
            """, [.text(id), .integer(index), .text(method)], AnalysisPage.estimates)
    }

    private func takenFor(_ reader: Reader, _ index: Int) throws -> [Node] {
        try reader.rows(
            "what its images are taken for",
            """
            SELECT predicted AS class_id, predicted_name AS class_name, images, share, predicted_index = label_index AS is_right
            FROM entente.class_confusion WHERE analysis_id = $1 AND label_index = $2::int
            ORDER BY images DESC, predicted_index LIMIT 10
            """, [.text(id), .integer(index)], ["share": .share]
        ).map { row in
            var row = row
            row["href"] = .text(ExplorerRoute.imageClass(analysis: id, row.text("class_id") ?? "").path)
            return .record(row)
        }
    }

    /// Seen with how much oftener than in the whole dataset, and said.
    ///
    /// - Parameter count: images of the class.
    private func concepts(
        _ page: inout Page, _ reader: Reader, _ index: Int, _ method: String, _ members: ClassMembers, of count: Int
    ) throws {
        let seen = try reader.rows(
            "concepts that are seen in its images",
            """
            SELECT d.descriptor, c.vision_images, c.mutual_images,
                (c.vision_images / nullif($4::bigint, 0)::double precision) / nullif(w.vision_images / a.images::double precision, 0) AS lift
            FROM (
                SELECT analysis_id, part_method, descriptor_index, sum(vision_images)::bigint AS vision_images,
                    sum(mutual_images)::bigint AS mutual_images
                FROM entente.concept_classes WHERE analysis_id = $1 AND part_method = $3 AND \(members.cells)
                GROUP BY analysis_id, part_method, descriptor_index
                ORDER BY mutual_images DESC, vision_images DESC, descriptor_index LIMIT 50
            ) AS c
            CROSS JOIN LATERAL (
                SELECT vision_images FROM entente.concept_classes AS w
                WHERE w.analysis_id = c.analysis_id AND w.part_method = c.part_method AND w.descriptor_index = c.descriptor_index
                    AND w.label_index = -2 AND w.predicted_index = -2 LIMIT 1
            ) AS w
            JOIN entente.analysis_descriptors AS d ON d.analysis_id = c.analysis_id AND d.descriptor_index = c.descriptor_index
            CROSS JOIN (SELECT max(part_images) AS images FROM entente.analysis_summary
                WHERE analysis_id = $1 AND part_method = $3) AS a
            ORDER BY c.mutual_images DESC, c.vision_images DESC, c.descriptor_index
            """, [.text(id), .integer(index), .text(method), .integer(count)])
        let said = try reader.rows(
            "descriptors that are said of it",
            """
            SELECT rank, descriptor, similarity FROM entente.language_concepts WHERE analysis_id = $1 AND class_index = $2::int
            ORDER BY rank LIMIT 50
            """, [.text(id), .integer(index)])
        page.content["seen"] = .list(seen.map(linked))
        page.content["said"] = .list(said.map(linked))
    }

    private func linked(_ row: Record) -> Node {
        var row = row
        row["href"] = .text(ExplorerRoute.concept(analysis: id, row.text("descriptor") ?? "").path)
        return .record(row)
    }

    private func images(
        _ page: inout Page, _ reader: Reader, _ index: Int, _ method: String?, _ estimator: String,
        _ members: ClassMembers
    ) throws {
        let after = request.query["after"] ?? ""
        let rows = try reader.rows(
            "its images",
            """
            SELECT i.image_id, i.hit_at_1 AS hit, k.class_name AS predicted_name, a.overlap,
                a.auc_\(estimator)_nano / 1e9::double precision AS auc, \(ImageLinks.isWhole)
            FROM (
                SELECT * FROM entente.image_predictions WHERE analysis_id = $1 AND \(members.images) AND image_id > $3
                ORDER BY label_index, image_id LIMIT \(PageRequest.length + 1)
            ) AS i
            LEFT JOIN LATERAL (
                SELECT * FROM entente.image_agreements AS g
                WHERE g.analysis_id = i.analysis_id AND g.image_id = i.image_id AND g.part_method = $4 LIMIT 1
            ) AS a ON true
            LEFT JOIN entente.analysis_classes AS k ON k.analysis_id = i.analysis_id AND k.class_index = i.predicted_index
            ORDER BY i.image_id
            """, [.text(id), .integer(index), .text(after), .optionalText(method)], AnalysisPage.estimates)
        page.content["images"] = .list(
            rows.prefix(PageRequest.length).map { .record(ImageLinks.added(to: $0, of: id)) })
        if rows.count > PageRequest.length, let last = rows[PageRequest.length - 1].text("image_id") {
            page.content["next"] = .text(request.href(["after": last]))
        }
    }
}
