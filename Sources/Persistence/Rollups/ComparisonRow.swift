import Inference

/// What differs between two analyses of the same images, in all of them or in those of one class, under one part method
/// and estimator; the columns of `entente.compare_analyses`.
public struct ComparisonRow: Sendable, Hashable {
    /// Whether it is over all images; else over those labelled ``classID``.
    public let isWhole: Bool
    /// nil for all images, and for those without a label.
    public let classID: Identifier?
    public let partMethod: String
    public let estimator: String
    public let imagesInBoth: Int
    public let imagesOnlyInFrom: Int
    public let imagesOnlyInTo: Int
    public let flips: Int
    public let flipsToRight: Int
    public let flipsToWrong: Int
    /// Nats, now less before; nil without images in both.
    public let meanDeltaMI: Double?
    public let meanDeltaAUC: Double?
    public let conceptsGained: Int
    public let conceptsLost: Int
}

extension AnalysisStore {
    /// All images first, then the classes, those that changed most first.
    public func compare(from: String, to: String) throws -> [ComparisonRow] {
        let rows = try connection.query(
            """
            SELECT scope = 'all', class_id, part_method, estimator, images_both, images_only_from, images_only_to, flips,
                flips_to_right, flips_to_wrong, mean_delta_mi, mean_delta_auc, concepts_gained, concepts_lost
            FROM entente.compare_analyses($1, $2)
            ORDER BY 1 DESC, flips DESC, concepts_gained + concepts_lost DESC, class_id, part_method, estimator DESC
            """, [.text(from), .text(to)])
        return try (0..<rows.count).map { row in
            func count(_ column: Int) throws -> Int { Int(try rows.bigint(row, column)) }
            return try ComparisonRow(
                isWhole: rows.bool(row, 0), classID: rows.optionalIdentifier(row, 1), partMethod: rows.text(row, 2),
                estimator: rows.text(row, 3), imagesInBoth: count(4), imagesOnlyInFrom: count(5),
                imagesOnlyInTo: count(6), flips: count(7), flipsToRight: count(8), flipsToWrong: count(9),
                meanDeltaMI: rows.optionalDouble(row, 10), meanDeltaAUC: rows.optionalDouble(row, 11),
                conceptsGained: count(12), conceptsLost: count(13))
        }
    }
}
