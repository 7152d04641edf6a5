/// What an analysis contributes to a table of ablations, under one part method (docs/method.md §13.1).
public struct AblationLine: Sendable, Encodable {
    public let partMethod: String
    /// Images whose result has been scored against ground truth.
    public let scored: Int
    /// Share of them whose foreground box meets the object's, with Wilson's interval; nil without any.
    public let corloc: IntervalEstimate?
    /// What that share would be if boxes of the same sizes lay anywhere on the patch grid.
    public let corlocChance: Double?
    /// Images with vision concepts.
    public let images: Int
    /// Mean entropy of what an image's parts picked, nats, with Student's interval; nil without any.
    public let entropy: IntervalEstimate?
    /// Mean of what it would be if no two picks were alike.
    public let highestEntropy: Double?

    enum CodingKeys: String, CodingKey {
        case scored, corloc, images, entropy
        case partMethod = "part_method"
        case corlocChance = "corloc_chance"
        case highestEntropy = "highest_entropy"
    }

    /// One a part method with results, in alphabetical order. Reads every result of the analysis.
    public static func read(analysisID: String, _ connection: Connection) throws -> [AblationLine] {
        let rows = try connection.query(
            """
            SELECT m.part_method, coalesce(g.images, 0), g.corloc, g.corloc_low, g.corloc_high, coalesce(k.images, 0),
                k.mean, k.mean - k.half, k.mean + k.half, k.highest, g.corloc_chance
            FROM (
                SELECT r.part_method FROM entente.part_rollups AS r
                WHERE r.analysis_id = $1 AND r.label_index = -2 GROUP BY r.part_method HAVING sum(r.images) > 0
            ) AS m
            LEFT JOIN (SELECT * FROM entente.ground_truth_summary WHERE analysis_id = $1) AS g USING (part_method)
            LEFT JOIN (
                -- In billionths, so that the interval's sums are whole numbers.
                SELECT p.part_method, count(*) AS images, avg(e.entropy) AS mean, avg(e.highest) AS highest,
                    entente.half_width(sum(round((e.entropy * 1e9)::numeric)),
                        sum(round((e.entropy * 1e9)::numeric) ^ 2), count(*)) / 1e9 AS half
                FROM entente.part_results AS p
                CROSS JOIN LATERAL (
                    SELECT ln(sum(c.parts)) AS highest,
                        ln(sum(c.parts)) - sum(c.parts * ln(c.parts)) / sum(c.parts) AS entropy
                    FROM (
                        -- How many parts picked the descriptor: the bits that are set.
                        SELECT length(replace(u.bits::bit(64)::text, '0', ''))::double precision AS parts
                        FROM unnest(p.vision_parts) AS u (bits)
                    ) AS c WHERE c.parts > 0
                ) AS e
                WHERE p.analysis_id = $1 AND e.entropy IS NOT NULL GROUP BY p.part_method
            ) AS k USING (part_method)
            ORDER BY 1
            """, [.text(analysisID)])
        return try (0..<rows.count).map { row in
            AblationLine(
                partMethod: try rows.text(row, 0), scored: Int(try rows.bigint(row, 1)),
                corloc: try IntervalEstimate(rows, row, from: 2), corlocChance: try rows.optionalDouble(row, 10),
                images: Int(try rows.bigint(row, 5)),
                entropy: try IntervalEstimate(rows, row, from: 6), highestEntropy: try rows.optionalDouble(row, 9))
        }
    }
}
