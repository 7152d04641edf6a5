import Fetch
import Persistence

/// One image: its parts, what is seen, said and both, and the MI curve.
struct PicturePage {
    let name: PictureName
    let request: PageRequest

    func read(_ reader: Reader) throws -> Page {
        let head = try AnalysisHead(name.analysis, reader)
        let estimator = try request.estimator()
        let source = try reader.rows(
            "where the picture is",
            """
            SELECT image_id, uri, is_whole, sha256, label, state, group_name FROM entente.image_sources
            WHERE analysis_id = $1 AND image_id = $2
            """, key)
        guard let source = source.first else {
            throw ExplorerProblem(
                .notFound,
                "The analysis \(head.name) has no image with the id \(name.image); the search finds ids by their beginning."
            )
        }
        var page = Page(
            kind: "picture", title: name.image, crumbs: [head.crumb],
            content: [
                "analysis": .record([
                    "analysis_id": .text(name.analysis), "name": .text(head.name), "image_fit": .text(head.fit),
                ]),
                "image": .record(source), "estimator": .text(estimator),
            ], table: "concepts")
        try classes(&page, reader)
        try neighbours(&page, reader)
        let scores = try reader.rows(
            "its numbers",
            """
            SELECT part_method, vision_count, language_count, overlap, mi_released, auc_released, mi_membership, auc_membership,
                nmi_max, ami, p_value, flags, mean_relevance
            FROM entente.image_scores WHERE analysis_id = $1 AND image_id = $2 ORDER BY part_method
            """, key,
            [
                "mi_released": .nats, "auc_released": .nats, "mi_membership": .nats, "auc_membership": .nats,
                "p_value": .small,
            ])
        page.content["scores"] = .list(scores.map { .record($0) })
        let methods = scores.compactMap { $0.text("part_method") }
        let method = try request.method(of: methods)
        page.content["method"] = Node(method)
        page.drawings["switches"] = request.switches([
            ("estimator", "Estimator", ["membership", "released"], estimator),
            ("method", "Part method", methods, method),
        ])
        figure(&page, source, head)
        guard let method, let score = scores.first(where: { $0.text("part_method") == method }) else {
            if source.text("state") == "failed" { try failure(&page, reader) }
            return page
        }
        try curve(&page, reader, method, estimator, score)
        let concepts = try concepts(&page, reader, method)
        try parts(
            &page, reader, method, concepts, isDrawn: head.fit != "official" && source.flag("is_whole") == true,
            fit: head.fit)
        page.drawings["has_no_place"] = .flag(head.fit == "official")
        return page
    }

    private var key: [Value] { [.text(name.analysis), .text(name.image)] }

    private func address(_ bytes: PictureBytes, _ query: [String: String?] = [:]) -> String {
        ExplorerRoute.bytes(bytes, name).path + "?" + PageQuery("").with(query)
    }

    private func figure(_ page: inout Page, _ source: Record, _ head: AnalysisHead) {
        page.drawings["picture_href"] = .text(address(.picture, ["size": "768", "fit": head.fit]))
        if source.flag("is_whole") == false {
            page.drawings["why_not"] = .text(PictureSourceRow.reason(source.text("uri") ?? ""))
        } else if source.text("state") == "failed" {
            // Its bytes may be no picture at all.
            page.drawings["why_not"] = .text("This image failed, so its picture is not shown.")
        }
        page.drawings["failures_href"] = .text("/failures?" + PageQuery("").with(["analysis": name.analysis]))
    }

    private func classes(_ page: inout Page, _ reader: Reader) throws {
        let classes = try reader.rows(
            "what it looks like",
            """
            SELECT rank, class_index, class_id, class_name, similarity, probability, is_label FROM entente.image_classes
            WHERE analysis_id = $1 AND image_id = $2 ORDER BY rank
            """, key, ["probability": .share])
        let label = try reader.rows(
            "its label",
            """
            SELECT k.class_id, k.class_name FROM entente.image_predictions AS p
            JOIN entente.analysis_classes AS k ON k.analysis_id = p.analysis_id AND k.class_index = p.label_index
            WHERE p.analysis_id = $1 AND p.image_id = $2
            """, key)
        func linked(_ row: Record) -> Record {
            var row = row
            row["href"] = .text(ExplorerRoute.imageClass(analysis: name.analysis, row.text("class_id") ?? "").path)
            return row
        }
        page.content["classes"] = .list(classes.map { .record(linked($0)) })
        page.content["label"] = label.first.map { .record(linked($0)) } ?? .absent
        if let label = label.first, let first = classes.first {
            let isRight = label.text("class_id") == first.text("class_id")
            page.content["hit"] = .flag(isRight)
            page.drawings["taken_for"] = isRight ? .absent : .record(linked(first))
        }
    }

    /// The images before and behind it, by their ids.
    private func neighbours(_ page: inout Page, _ reader: Reader) throws {
        for (field, sign, order) in [("previous", "<", "DESC"), ("following", ">", "ASC")] {
            let rows = try reader.rows(
                "the image \(field == "previous" ? "before" : "behind") it",
                """
                SELECT image_id FROM entente.image_predictions WHERE analysis_id = $1 AND image_id \(sign) $2
                ORDER BY image_id \(order) LIMIT 1
                """, key)
            if let id = rows.first?.text("image_id") {
                page.content[field] = .text(ExplorerRoute.picture(PictureName(analysis: name.analysis, image: id)).path)
            }
        }
    }

    private func failure(_ page: inout Page, _ reader: Reader) throws {
        page.content["failures"] = .list(
            try reader.rows(
                "why it failed",
                """
                SELECT kind, message, attempts FROM entente.failures WHERE analysis_id = $1 AND image_id = $2
                ORDER BY failed_at DESC LIMIT 5
                """, key
            ).map { .record($0) })
    }

    private func curve(
        _ page: inout Page, _ reader: Reader, _ method: String, _ estimator: String, _ score: Record
    ) throws {
        let steps = try reader.rows(
            "its MI curve",
            """
            SELECT step, mi_\(estimator) AS mi FROM entente.image_curves
            WHERE analysis_id = $1 AND image_id = $2 AND part_method = $3 ORDER BY step
            """, key + [.text(method)], ["mi": .nats])
        page.content["curve"] = .list(steps.map { $0["mi"] })
        page.drawings["curve_chart"] = .drawing(
            CurveChart(
                values: steps.compactMap { $0.number("mi") }, estimator: estimator,
                description: "Mutual information while this image's concepts are removed, most relevant first"
            ).svg)
        page.drawings["mi_now"] = .text(nanoNats(score.number("mi_" + estimator)))
        page.drawings["auc_now"] = .text(nanoNats(score.number("auc_" + estimator)))
        page.drawings["p_now"] = .text(score.number("p_value").map(Format.small.shown) ?? "–")
        page.drawings["toggle_href"] = .text(address(.toggle, ["method": method]))
    }

    /// With all the digits that the tables have.
    private func nanoNats(_ number: Double?) -> String { number.map { PictureFigures.nanoNats($0) } ?? "–" }

    private func concepts(_ page: inout Page, _ reader: Reader, _ method: String) throws -> [Record] {
        let seen = try reader.rows(
            "what is seen",
            """
            SELECT rank, descriptor_index, descriptor, relevance, parts, mutual FROM entente.image_concepts
            WHERE analysis_id = $1 AND image_id = $2 AND part_method = $3 ORDER BY rank
            """, key + [.text(method)])
        let said = try reader.rows(
            "what is said of the predicted class",
            """
            SELECT c.rank, c.descriptor_index, c.descriptor, c.similarity FROM entente.image_predictions AS p
            JOIN entente.language_concepts AS c ON c.analysis_id = p.analysis_id AND c.class_index = p.predicted_index
            WHERE p.analysis_id = $1 AND p.image_id = $2 ORDER BY c.rank
            """, key)
        let mutual = Set(seen.filter { $0.flag("mutual") == true }.compactMap { $0.count("descriptor_index") })
        let onlySaid = said.filter { !mutual.contains($0.count("descriptor_index") ?? -1) }
        func chip(_ row: Record) -> Node {
            var row = row
            row["href"] = .text(ExplorerRoute.concept(analysis: name.analysis, row.text("descriptor") ?? "").path)
            let parts = PictureFigures.numbers(row["parts"])
            row["part_list"] = .drawing(parts.map { String($0) }.joined(separator: " "))
            row["part_class"] = .drawing(parts.first.map { "part-\($0 % 8)" } ?? "")
            row["place"] = .drawing(String(row.count("rank") ?? 0))
            return .record(row)
        }
        page.content["concepts"] = .list(seen.map(chip))
        page.content["said"] = .list(onlySaid.map(chip))
        page.drawings["chips_both"] = .list(seen.filter { $0.flag("mutual") == true }.map(chip))
        page.drawings["chips_seen"] = .list(seen.filter { $0.flag("mutual") != true }.map(chip))
        page.drawings["venn"] = .drawing(
            CountedVenn(seen: seen.count - mutual.count, both: mutual.count, said: onlySaid.count).svg)
        return seen
    }

    private func parts(
        _ page: inout Page, _ reader: Reader, _ method: String, _ concepts: [Record], isDrawn: Bool, fit: String
    ) throws {
        let rows = try reader.raw(PartMasks.statement, key + [.text(method)])
        guard let masks = try PartMasks(rows) else { return }
        page.content["parts"] = .list(
            masks.parts.map { part in
                let patches = masks.patches(of: part)
                let named = concepts.filter { PictureFigures.numbers($0["parts"]).contains(part) }
                return .record([
                    "part": .count(part), "patches": .count(patches),
                    "concepts": .list(named.prefix(5).map { .record(["descriptor": $0["descriptor"]]) }),
                    "part_class": .drawing("part-\(part % 8)"), "number": .drawing(String(part)),
                    "prompted_href": isDrawn
                        ? .text(address(.prompted, ["method": method, "part": String(part), "size": "768"])) : .absent,
                ])
            })
        page.drawings["grid_width"] = .drawing(String(masks.width))
        page.drawings["grid_height"] = .drawing(String(masks.height))
        // Where the model's own way of cutting a picture is not known here, no part has a place on it.
        guard fit != "official" else { return }
        page.drawings["masks_href"] = .text(address(.masks, ["method": method]))
    }
}
