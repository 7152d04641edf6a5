/// What every page of an analysis begins with: its name, how far it is, its part methods.
struct AnalysisHead {
    let id: String
    let name: String
    let record: Record
    /// In the order of the tables.
    let methods: [String]
    /// How its pictures became squares: squash, crop or official.
    let fit: String

    /// - Throws: ``ExplorerProblem`` when there is no such analysis.
    init(_ id: String, _ reader: Reader) throws {
        let rows = try reader.rows(
            "the analysis",
            """
            SELECT s.analysis_id, s.name, to_char(s.registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS registered_at,
                s.setting_digest, s.model_weights, s.method_revision, s.classes, s.descriptors, p.expected, p.done, p.failed,
                p.pending, coalesce(s.canonical_json::jsonb #>> '{method,image}', 'squash') AS image_fit
            FROM entente.analysis_settings AS s JOIN entente.analysis_progress AS p USING (analysis_id)
            WHERE s.analysis_id = $1
            """, [.text(id)])
        guard let row = rows.first, let name = row.text("name") else {
            throw ExplorerProblem(.notFound, "No analysis has the id \(id); the index lists those that there are.")
        }
        self.id = id
        self.name = name
        record = row
        fit = row.text("image_fit") ?? "squash"
        methods = try reader.rows(
            "its part methods",
            "SELECT DISTINCT part_method FROM entente.analysis_summary WHERE analysis_id = $1 ORDER BY part_method",
            [.text(id)]
        ).compactMap { $0.text("part_method") }
    }

    var crumb: (name: String, href: String) { (name, ExplorerRoute.analysis(id).path) }

    var coverage: Node {
        .drawing(
            CoverageBar(
                done: record.count("done") ?? 0, failed: record.count("failed") ?? 0,
                pending: record.count("pending") ?? 0
            ).svg)
    }
}
