/// Models × datasets: every analysis, those of one setting together.
struct IndexPage {
    let request: PageRequest

    /// Analyses on one page.
    private static let limit = 500

    func read(_ reader: Reader) throws -> Page {
        let estimator = try request.estimator()
        let after = request.query["after"]
        let rows = try reader.rows(
            "all analyses",
            """
            SELECT s.analysis_id, s.name, s.setting_digest, s.classes, s.descriptors, s.method_revision,
                to_char(s.registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS registered_on,
                p.expected, p.done, p.failed, p.pending
            FROM entente.analysis_settings AS s JOIN entente.analysis_progress AS p USING (analysis_id)
            WHERE $1::text IS NULL OR s.analysis_id > $1
            ORDER BY s.analysis_id LIMIT \(Self.limit + 1)
            """, [.optionalText(after)])
        let summaries = try reader.rows(
            "what was found",
            """
            SELECT analysis_id, part_method, mi, mi_low, mi_high, auc, auc_low, auc_high, vision_concepts, mutual_concepts
            FROM entente.analysis_summary WHERE estimator = $1 ORDER BY part_method
            """, [.text(estimator)],
            [
                "mi": .nats, "mi_low": .nats, "mi_high": .nats, "auc": .nats, "auc_low": .nats, "auc_high": .nats,
            ])
        let predictions = try reader.rows(
            "what they predict",
            "SELECT analysis_id, images, top_1, top_1_low, top_1_high FROM entente.zero_shot_summary", [],
            ["top_1": .share, "top_1_low": .share, "top_1_high": .share])
        let replays = try reader.rows(
            "replays", "SELECT from_analysis, from_name, to_analysis FROM entente.replays ORDER BY replayed_at DESC")
        let methods = Array(Set(summaries.compactMap { $0.text("part_method") })).sorted()
        let method = try request.method(of: methods)
        let (predicted, former) = (Self.firsts(predictions), Self.firsts(replays, by: "to_analysis"))
        let found = Self.firsts(summaries.filter { $0.text("part_method") == method })
        let shown = rows.prefix(Self.limit).map { row in
            let id = row.text("analysis_id") ?? ""
            return complete(row, predicted: predicted[id], found: found[id], former: former[id])
        }
        var page = Page(
            kind: "index", title: "Models × datasets",
            content: [
                "estimator": .text(estimator), "method": Node(method), "analyses": .list(shown.map { .record($0) }),
            ], table: "analyses")
        page.drawings = [
            "datasets": .list(datasets(shown)),
            "switches": request.switches([
                ("estimator", "Estimator", ["membership", "released"], estimator),
                ("method", "Part method", methods, method),
            ]),
        ]
        if rows.count > Self.limit, let last = shown.last?.text("analysis_id") {
            page.content["next"] = .text(request.href(["after": last]))
        }
        return page
    }

    /// The first row of each analysis.
    private static func firsts(_ rows: [Record], by column: String = "analysis_id") -> [String: Record] {
        Dictionary(rows.compactMap { row in row.text(column).map { ($0, row) } }) { first, _ in first }
    }

    private func complete(_ row: Record, predicted: Record?, found: Record?, former: Record?) -> Record {
        var row = row
        row["href"] = .text(ExplorerRoute.analysis(row.text("analysis_id") ?? "").path)
        for name in ["images", "top_1", "top_1_low", "top_1_high"] { row[name] = predicted?[name] ?? .absent }
        for name in [
            "mi", "mi_low", "mi_high", "auc", "auc_low", "auc_high",
            "vision_concepts", "mutual_concepts",
        ] { row[name] = found?[name] ?? .absent }
        row["replay_of"] = former?["from_analysis"] ?? .absent
        row["replay_of_name"] = former?["from_name"] ?? .absent
        row["coverage"] = .drawing(
            CoverageBar(
                done: row.count("done") ?? 0, failed: row.count("failed") ?? 0, pending: row.count("pending") ?? 0
            ).svg)
        return row
    }

    /// Analyses of one setting differ in the model alone, so that their numbers can be compared.
    private func datasets(_ rows: [Record]) -> [Node] {
        let groups = Dictionary(grouping: rows) { $0.text("setting_digest") ?? "" }
        return groups.sorted { $0.key < $1.key }.map { digest, members in
            let sorted = members.sorted { ($0.text("name") ?? "") < ($1.text("name") ?? "") }
            let models = sorted.map { member -> Node in
                var member = member
                if member.text("analysis_id") != sorted[0].text("analysis_id"), let id = member.text("analysis_id"),
                    let first = sorted[0].text("analysis_id")
                {
                    member["compare_href"] = .text("/compare?" + PageQuery("").with(["a": first, "b": id]))
                }
                return .record(member)
            }
            return .record([
                "setting": .text(String(digest.prefix(8))), "setting_classes": sorted[0]["classes"],
                "setting_descriptors": sorted[0]["descriptors"], "models": .list(models),
                "has_several": .flag(models.count > 1),
            ])
        }
    }
}
