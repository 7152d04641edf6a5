/// One line of the view `foreground_summary`: what the model says of a stage of the foreground with the rest blurred.
public struct ForegroundLine: Sendable, Encodable {
    public let stage: String
    public let images: Int
    /// Images with a label.
    public let labelled: Int
    /// Shares of these that are right: from the foreground, from the whole picture, and the one less the other; nil without any.
    public let top1: IntervalEstimate?
    public let wholeTop1: IntervalEstimate?
    public let lost: IntervalEstimate?
    /// Share of images that are classified as the whole picture is.
    public let agreement: IntervalEstimate?
    /// 2.5 × cosine with the class predicted for the whole picture.
    public let score: IntervalEstimate?

    enum CodingKeys: String, CodingKey {
        case stage, images, labelled, lost, agreement, score
        case top1 = "top_1"
        case wholeTop1 = "whole_top_1"
    }

    private static let figures = ["top_1", "whole_top_1", "lost", "agreement", "score"]

    /// In the order in which the foreground comes into being; none of an analysis that does not ask for it.
    public static func read(analysisID: String, _ connection: Connection) throws -> [ForegroundLine] {
        let rows = try connection.query(
            """
            SELECT stage, images, coalesce(labelled, 0), \(figures.map(IntervalEstimate.columns).joined(separator: ", "))
            FROM entente.foreground_summary WHERE analysis_id = $1
            ORDER BY array_position('{nearest,component,crf}'::text[], stage)
            """, [.text(analysisID)])
        return try (0..<rows.count).map { row in
            func estimate(_ figure: Int) throws -> IntervalEstimate? {
                try IntervalEstimate(rows, row, from: 3 + 3 * figure)
            }
            return ForegroundLine(
                stage: try rows.text(row, 0), images: Int(try rows.bigint(row, 1)),
                labelled: Int(try rows.bigint(row, 2)), top1: try estimate(0), wholeTop1: try estimate(1),
                lost: try estimate(2), agreement: try estimate(3), score: try estimate(4))
        }
    }
}
