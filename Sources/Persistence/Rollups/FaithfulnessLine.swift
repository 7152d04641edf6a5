/// One line of the view `faithfulness_summary`: how a part method's explanations hold under a metric.
public struct FaithfulnessLine: Sendable, Encodable {
    public let partMethod: String
    public let metric: String
    public let images: Int
    /// At steps of 1, and a step.
    public let area: IntervalEstimate
    public let stepMean: IntervalEstimate
    /// Points of the mean curve.
    public let curve: [Double]
    /// Areas of the nulls, and the mean difference of the pairs; nil where the analysis does without.
    public let randomOrder: IntervalEstimate?
    public let overRandomOrder: IntervalEstimate?
    public let randomRegions: IntervalEstimate?
    public let overRandomRegions: IntervalEstimate?

    enum CodingKeys: String, CodingKey {
        case metric, images, area, curve
        case partMethod = "part_method"
        case stepMean = "step_mean"
        case randomOrder = "random_order"
        case overRandomOrder = "over_random_order"
        case randomRegions = "random_regions"
        case overRandomRegions = "over_random_regions"
    }

    private static let figures = [
        "area", "step_mean", "random_order_area", "over_random_order", "random_regions_area", "over_random_regions",
    ]

    /// By part method, metrics in the order of the paper's table; none of an analysis that judges nothing.
    public static func read(analysisID: String, _ connection: Connection) throws -> [FaithfulnessLine] {
        let rows = try connection.query(
            """
            SELECT part_method, metric, images, curve, \(figures.map(IntervalEstimate.columns).joined(separator: ", "))
            FROM entente.faithfulness_summary WHERE analysis_id = $1
            ORDER BY part_method, array_position('{deletion,insertion,acc_drop,acc_inc}'::text[], metric)
            """, [.text(analysisID)])
        return try (0..<rows.count).compactMap { row -> FaithfulnessLine? in
            func estimate(_ figure: Int) throws -> IntervalEstimate? {
                try IntervalEstimate(rows, row, from: 4 + 3 * figure)
            }
            guard let area = try estimate(0), let stepMean = try estimate(1) else { return nil }
            return FaithfulnessLine(
                partMethod: try rows.text(row, 0), metric: try rows.text(row, 1), images: Int(try rows.bigint(row, 2)),
                area: area, stepMean: stepMean, curve: try rows.doubles(row, 3), randomOrder: try estimate(2),
                overRandomOrder: try estimate(3), randomRegions: try estimate(4), overRandomRegions: try estimate(5))
        }
    }
}
