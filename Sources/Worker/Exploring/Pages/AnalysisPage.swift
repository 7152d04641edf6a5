/// One analysis: MI dynamics, AUC against accuracy by class, the spread over images, its ends, and what a replay changed.
struct AnalysisPage {
    let id: String
    let request: PageRequest

    private static let bins = 40
    static let estimates: [String: Format] = [
        "top_1": .share, "top_1_low": .share, "top_1_high": .share, "top_5": .share, "mi": .nats, "mi_low": .nats,
        "mi_high": .nats, "auc": .nats, "auc_low": .nats, "auc_high": .nats, "auc_padded": .nats,
        "auc_padded_low": .nats,
        "auc_padded_high": .nats, "mutual_share": .share,
    ]

    func read(_ reader: Reader) throws -> Page {
        let head = try AnalysisHead(id, reader)
        let estimator = try request.estimator()
        let method = try request.method(of: head.methods)
        var page = Page(
            kind: "analysis", title: head.name,
            content: ["analysis": .record(head.record), "estimator": .text(estimator)],
            table: "classes")
        page.drawings = [
            "coverage": head.coverage,
            "failures_href": .text("/failures?" + PageQuery("").with(["analysis": id])),
            "switches": request.switches([
                ("estimator", "Estimator", ["membership", "released"], estimator),
                ("method", "Part method", head.methods, method),
            ]),
        ]
        page.content["summary"] = .list(try summary(reader).map { .record($0) })
        page.content["predictions"] = try predictions(reader).map { .record($0) } ?? .absent
        guard let method else {
            page.drawings["has_no_parts"] = .flag(true)
            return page
        }
        page.content["method"] = .text(method)
        try dynamics(&page, reader, method, estimator)
        try classes(&page, reader, method, estimator)
        try images(&page, reader, method, estimator)
        page.content["concepts"] = .list(
            try reader.rows(
                "the commonest mutual concepts",
                """
                SELECT rank() OVER (ORDER BY c.mutual_images DESC) AS rank, d.descriptor, c.mutual_images, c.vision_images,
                    c.mutual_images / nullif(a.images, 0)::double precision AS mutual_share
                FROM (
                    SELECT * FROM entente.concept_classes
                    WHERE analysis_id = $1 AND part_method = $2 AND label_index = -2 AND predicted_index = -2
                    ORDER BY mutual_images DESC, descriptor_index LIMIT 20
                ) AS c
                JOIN entente.analysis_descriptors AS d ON d.analysis_id = c.analysis_id AND d.descriptor_index = c.descriptor_index
                CROSS JOIN (SELECT max(part_images) AS images FROM entente.analysis_summary
                    WHERE analysis_id = $1 AND part_method = $2) AS a
                ORDER BY c.mutual_images DESC, c.descriptor_index
                """, [.text(id), .text(method)], Self.estimates
            ).map { row in
                var row = row
                row["href"] = .text(ExplorerRoute.concept(analysis: id, row.text("descriptor") ?? "").path)
                return .record(row)
            })
        return page
    }

    private func summary(_ reader: Reader) throws -> [Record] {
        try reader.rows(
            "means with their 95 % intervals",
            """
            SELECT part_method, estimator, images, labelled, top_1, top_1_low, top_1_high, top_5, mi, mi_low, mi_high, auc, auc_low,
                auc_high, auc_padded, auc_padded_low, auc_padded_high, vision_concepts, mutual_concepts
            FROM entente.analysis_summary WHERE analysis_id = $1 ORDER BY part_method, estimator
            """, [.text(id)], Self.estimates)
    }

    /// What needs no parts.
    private func predictions(_ reader: Reader) throws -> Record? {
        try reader.rows(
            "what it predicts",
            """
            SELECT images, labelled, top_1, top_1_low, top_1_high, top_5 FROM entente.zero_shot_summary WHERE analysis_id = $1
            """, [.text(id)], Self.estimates
        ).first
    }

    private func dynamics(_ page: inout Page, _ reader: Reader, _ method: String, _ estimator: String) throws {
        let steps = try reader.rows(
            "MI dynamics",
            """
            SELECT step, mi, curves FROM entente.mi_dynamics WHERE analysis_id = $1 AND part_method = $2 AND estimator = $3
            ORDER BY step
            """, [.text(id), .text(method), .text(estimator)], Self.estimates)
        page.content["dynamics"] = .list(steps.map { .record($0) })
        page.drawings["dynamics_chart"] = .drawing(
            CurveChart(
                values: steps.compactMap { $0.number("mi") }, estimator: estimator,
                description: "Mean mutual information while vision concepts are removed"
            ).svg)
    }

    /// Every class with its accuracy and AUC, and how they moved since the analysis that this one is a replay of.
    private func classes(_ page: inout Page, _ reader: Reader, _ method: String, _ estimator: String) throws {
        let classes = try ClassPoints(of: id, reader, method, estimator)
        let listed = classes.rows.map { row -> Record in
            var row = row
            row["href"] = .text(ExplorerRoute.imageClass(analysis: id, row.text("class_id") ?? "").path)
            return row
        }
        page.content["classes"] = .list(listed.map { .record($0) })
        page.showPart(of: "classes", as: "class_rows", request)
        page.content["are_of_labels"] = .flag(classes.areOfLabels)
        page.drawings["has_no_labels"] = .flag(!classes.areOfLabels && !listed.isEmpty)
        page.drawings["class_chart"] = .drawing(chart(listed, areOfLabels: classes.areOfLabels))
        let former = try reader.rows(
            "what it replaced",
            "SELECT from_analysis, from_name FROM entente.replays WHERE to_analysis = $1 ORDER BY replayed_at DESC LIMIT 1",
            [.text(id)])
        guard let former = former.first, let from = former.text("from_analysis") else { return }
        let before = try ClassPoints(of: from, reader, method, estimator)
        let moved =
            before.areOfLabels == classes.areOfLabels ? ClassChanges.between(before.rows, listed, limit: 10) : []
        page.content["movers"] = .list(moved.map { .record($0) })
        page.content["replay_of"] = .text(from)
        page.drawings["replay_of_name"] = former["from_name"]
        page.drawings["compare_href"] = .text("/compare?" + PageQuery("").with(["a": from, "b": id]))
    }

    /// Accuracy over AUC; without labels, how many images over AUC.
    private func chart(_ classes: [Record], areOfLabels: Bool) -> String {
        PointChart(
            points: classes.compactMap { row in
                guard let x = row.number("auc"), let y = areOfLabels ? row.number("top_1") : row.number("images")
                else { return nil }
                return .init(
                    name: row.text("class_name") ?? "", href: row.text("href") ?? "", x: x, y: areOfLabels ? 100 * y : y
                )
            },
            xLabel: "AUC (nats)", yLabel: areOfLabels ? "top-1 (%)" : "images",
            description: "\(areOfLabels ? "Accuracy" : "Images") of \(classes.count) classes over their AUC"
        ).svg
    }

    private func images(_ page: inout Page, _ reader: Reader, _ method: String, _ estimator: String) throws {
        func ends(_ what: String, _ order: String) throws -> [Record] {
            try reader.rows(
                what,
                """
                SELECT i.image_id, l.class_name AS label_name, k.class_name AS predicted_name, i.predicted_index = i.label_index AS hit,
                    i.auc_\(estimator)_nano / 1e9::double precision AS auc, \(ImageLinks.isWhole)
                FROM (
                    SELECT * FROM entente.image_agreements
                    WHERE analysis_id = $1 AND part_method = $2 AND auc_\(estimator)_nano >= -9223372036854775808
                    ORDER BY auc_\(estimator)_nano \(order), image_id \(order) LIMIT 10
                ) AS i
                LEFT JOIN entente.analysis_classes AS l ON l.analysis_id = i.analysis_id AND l.class_index = i.label_index
                LEFT JOIN entente.analysis_classes AS k ON k.analysis_id = i.analysis_id AND k.class_index = i.predicted_index
                ORDER BY i.auc_\(estimator)_nano \(order), i.image_id \(order)
                """, [.text(id), .text(method)], Self.estimates
            ).map { ImageLinks.added(to: $0, of: id) }
        }
        let highest = try ends("images on which the encoders agree most", "DESC")
        let lowest = try ends("and least", "ASC")
        page.content["highest"] = .list(highest.map { .record($0) })
        page.content["lowest"] = .list(lowest.map { .record($0) })
        guard let low = lowest.first?.number("auc"), let high = highest.first?.number("auc"), high > low else { return }
        let counts = try reader.rows(
            "how many images have which AUC",
            """
            SELECT greatest(1, least(width_bucket(auc_\(estimator)_nano::double precision, $3::text::double precision,
                $4::text::double precision, \(Self.bins)), \(Self.bins))) AS bin, count(*) AS images
            FROM entente.image_agreements
            WHERE analysis_id = $1 AND part_method = $2 AND auc_\(estimator)_nano >= -9223372036854775808
            GROUP BY 1 ORDER BY 1
            """, [.text(id), .text(method), .text("\(1e9 * low)"), .text("\(1e9 * high)")])
        var bins = [Int](repeating: 0, count: Self.bins)
        for row in counts {
            guard let bin = row.count("bin"), bins.indices.contains(bin - 1) else { continue }
            bins[bin - 1] += row.count("images") ?? 0
        }
        page.content["histogram"] = .record([
            "low": .number(low, shown: ""), "high": .number(high, shown: ""), "counts": .list(bins.map { .count($0) }),
        ])
        page.drawings["histogram_chart"] = .drawing(
            HistogramChart(
                counts: bins, low: low, high: high, xLabel: "AUC (nats)",
                description: "Histogram of the images' own AUCs"
            ).svg)
    }
}
