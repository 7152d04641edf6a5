import Concepts
import Inference

/// An image's findings under one part method, as far as ground truth can judge them.
public struct JudgeableResult: Sendable {
    public let image: Identifier
    /// What the database knows this version of the result by.
    let writtenAt: Int64
    public let grid: PatchGrid
    /// Part of each patch in raster order, -1 for background.
    public let parts: [Int]
    /// Indexes of the vision concepts' descriptors, most relevant first.
    public let vision: [Int]
    /// Those of them that the language side has too.
    public let mutual: [Int]
}

/// Results against ground truth: reads the one, keeps how it met the other.
public struct GroundTruthStore {
    private let connection: Connection
    private let analysisID: String

    private static let pageSize: Int32 = 1000
    /// Times as whole microseconds, all that PostgreSQL keeps.
    private static let page = Statement(
        "entente_judgeable_page",
        """
        SELECT p.image_id, (extract(epoch FROM r.written_at) * 1000000)::bigint, p.grid_height::integer,
            p.grid_width::integer, p.grid, p.vision_descriptors, p.vision_mutual
        FROM entente.part_results AS p JOIN entente.image_results AS r USING (analysis_id, image_id)
        WHERE p.analysis_id = $1 AND p.image_id > $2 AND p.part_method = $3
        ORDER BY p.analysis_id, p.image_id LIMIT $4
        """)
    private struct Judged {
        let result: JudgeableResult
        let score: GroundTruthScore
    }

    private static let columns = Columns<Judged>(
        [
            Column("image_id", \.result.image),
            Column("box_overlap", \.score.boxOverlap),
            Column("box_chance", \.score.boxChance),
            Column("foreground_overlap", \.score.foregroundOverlap),
            Column("purity", \.score.purity),
            Column("adjusted_rand_index", \.score.adjustedRandIndex),
            Column(integer: "mutual_count", \.score.mutual.count),
            Column(integer: "mutual_true", \.score.mutual.true),
            Column(integer: "vision_count", \.score.vision.count),
            Column(integer: "vision_true", \.score.vision.true),
            Column(integer: "bank_count", \.score.bank.count),
            Column(integer: "bank_true", \.score.bank.true),
            Column("result_written_at", as: "r.written_at", \.result.writtenAt),
        ], from: 3)
    private static let write = Statement(
        "entente_write_ground_truth",
        """
        INSERT INTO entente.ground_truth_results (analysis_id, part_method, \(columns.names))
        SELECT $1, $2, \(columns.values) FROM \(columns.source)
        JOIN entente.image_results AS r ON r.analysis_id = $1 AND r.image_id = u.image_id
            AND (extract(epoch FROM r.written_at) * 1000000)::bigint = u.result_written_at
        ORDER BY u.image_id
        ON CONFLICT (analysis_id, image_id, part_method)
            DO UPDATE SET \(columns.updates(behind: 1)), scored_at = now()
        """)

    public init(_ connection: Connection, analysisID: String) {
        self.connection = connection
        self.analysisID = analysisID
    }

    /// Scores every image with a result of `partMethod` for which `judge` has a score, page by page, each page in one
    /// transaction. A result that is replaced meanwhile goes without.
    ///
    /// - Parameter judge: nil for an image of which nothing is known.
    /// - Returns: images scored, and images that `judge` passed over.
    public func score(
        partMethod: String, _ judge: (JudgeableResult) throws -> GroundTruthScore?
    ) throws -> (scored: Int, unknown: Int) {
        var (last, scored, unknown): (Identifier, Int, Int) = ("", 0, 0)
        while true {
            let rows = try connection.run(
                Self.page, [.text(analysisID), .identifier(last), .text(partMethod), .int(Self.pageSize)])
            var judged: [Judged] = []
            for row in 0..<rows.count {
                let result = try Self.result(rows, row)
                last = result.image
                if let score = try judge(result) {
                    judged.append(Judged(result: result, score: score))
                } else {
                    unknown += 1
                }
            }
            if !judged.isEmpty {
                let parameters = [.text(analysisID), .text(partMethod)] + Self.columns.parameters(judged)
                scored += try connection.run(Self.write, parameters).affected
            }
            guard rows.count == Int(Self.pageSize) else { return (scored, unknown) }
        }
    }

    private static func result(_ rows: Rows, _ row: Int) throws -> JudgeableResult {
        let vision = try rows.ints(row, 5).map(Int.init)
        return JudgeableResult(
            image: try rows.identifier(row, 0), writtenAt: try rows.bigint(row, 1),
            grid: PatchGrid(height: Int(try rows.int(row, 2)), width: Int(try rows.int(row, 3))),
            parts: try rows.bytes(row, 4).map { $0 == 255 ? -1 : Int($0) }, vision: vision,
            mutual: zip(vision, try rows.bools(row, 6)).filter(\.1).map(\.0))
    }
}

/// One line of the view `ground_truth_summary`; shares between 0 and 1, nil where nothing can be said.
public struct GroundTruthSummary: Sendable, Encodable {
    public let analysis: String
    public let partMethod: String
    public let images: Int
    /// Share of images in which the foreground's box overlaps the object's by more than half.
    public let corloc: Double
    /// The ends of its 95 % interval, Wilson's.
    public let corlocLow: Double?
    public let corlocHigh: Double?
    /// What it would be if boxes of the same sizes lay anywhere; nil if an image was scored before there was such a figure.
    public let corlocChance: Double?
    /// Mean intersection over union of foreground and object on the patch grid.
    public let foregroundOverlap: Double
    public let purity: Double?
    public let adjustedRandIndex: Double?
    /// Share of mutual concepts that are true; of vision concepts; of the whole bank.
    public let mutualPrecision: Double?
    public let visionPrecision: Double?
    public let chancePrecision: Double?

    enum CodingKeys: String, CodingKey {
        case analysis, images, corloc, purity
        case partMethod = "part_method"
        case corlocLow = "corloc_low"
        case corlocHigh = "corloc_high"
        case corlocChance = "corloc_chance"
        case foregroundOverlap = "foreground_overlap"
        case adjustedRandIndex = "adjusted_rand_index"
        case mutualPrecision = "mutual_precision"
        case visionPrecision = "vision_precision"
        case chancePrecision = "chance_precision"
    }

    /// One a scored part method of an analysis.
    public static func read(analysisID: String, _ connection: Connection) throws -> [GroundTruthSummary] {
        let rows = try connection.query(
            """
            SELECT part_method, images, corloc, foreground_overlap, purity, adjusted_rand_index, mutual_precision,
                vision_precision, chance_precision, corloc_low, corloc_high, corloc_chance
            FROM entente.ground_truth_summary WHERE analysis_id = $1 ORDER BY part_method
            """, [.text(analysisID)])
        return try (0..<rows.count).map { row in
            GroundTruthSummary(
                analysis: analysisID, partMethod: try rows.text(row, 0), images: Int(try rows.bigint(row, 1)),
                corloc: try rows.double(row, 2), corlocLow: try rows.optionalDouble(row, 9),
                corlocHigh: try rows.optionalDouble(row, 10), corlocChance: try rows.optionalDouble(row, 11),
                foregroundOverlap: try rows.double(row, 3),
                purity: try rows.optionalDouble(row, 4), adjustedRandIndex: try rows.optionalDouble(row, 5),
                mutualPrecision: try rows.optionalDouble(row, 6), visionPrecision: try rows.optionalDouble(row, 7),
                chancePrecision: try rows.optionalDouble(row, 8))
        }
    }
}
