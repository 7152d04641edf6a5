/// Every row of `image_judgements` of one analysis, by image, what is judged, variant and metric, from one moment and a page at a
/// time.
public struct ImageJudgementExport {
    /// The view's columns, in this order, but for `curve_text`, which says `curve` again.
    public static let columns = [
        "analysis_id", "image_id", "subject", "variant", "metric", "label", "draws", "curve", "area", "step_mean",
        "difference",
    ]

    private let export: ViewExport

    /// - Parameter connection: used for nothing else until an export is through.
    public init(_ connection: Connection, analysisID: String) {
        export = ViewExport(
            connection: connection, analysisID: analysisID,
            rows: """
                SELECT \(Self.columns.joined(separator: ", ")) FROM entente.image_judgements WHERE analysis_id = $1
                """,
            order: "image_id, subject, variant, metric",
            columns: Self.columns.map { ($0, $0 == "curve" ? "array_to_string(curve, ' ')" : nil) })
    }

    /// One cell a column; nil is undefined, a curve's points are separated by spaces.
    public func forEachRow(_ body: ([String?]) throws -> Void) throws { try export.forEachRow(body) }

    /// One JSON object a row, undefined values as `null`, on one line.
    public func forEachObject(_ body: (String) throws -> Void) throws { try export.forEachObject(body) }
}
