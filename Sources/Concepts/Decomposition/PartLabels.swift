/// The part of every foreground patch of a decomposition (docs/method.md §7).
struct PartLabels: Equatable {
    /// One a row, from 0.
    let labels: [Int]
    /// There are fewer parts than were asked for.
    let isReduced: Bool

    /// Every patch belongs to the principal component on which its score, scaled to 0…1 over all patches, is highest; of
    /// equals to the first. A component on which all patches score alike scales to 0.
    ///
    /// - Parameter rows: not normalised.
    static func byComponents(_ rows: FeatureRows, parameters: MethodParameters.Parts) -> PartLabels {
        let components = PrincipalComponents(of: rows, count: parameters.count, signs: parameters.signs)
        let scaled = components.scores.map(scaledToOne)
        let labels = (0..<rows.count).map { row in
            Ranking.top(1, of: scaled.map { $0[row] }).first ?? 0
        }
        // Centring costs m rows one dimension, so m parts of m rows are no fewer than can be.
        let attainable = min(parameters.count, rows.count - 1)
        return PartLabels(
            labels: labels, isReduced: rows.count < parameters.count || components.rank < attainable)
    }

    private static func scaledToOne(_ scores: [Double]) -> [Double] {
        guard let lowest = scores.min(), let highest = scores.max(), highest > lowest else {
            return scores.map { _ in 0 }
        }
        return scores.map { ($0 - lowest) / (highest - lowest) }
    }

    /// K-means clusters.
    ///
    /// - Parameter rows: of length 1.
    static func byMeans(_ rows: FeatureRows, count: Int, seed: UInt64) -> PartLabels {
        var generator = SplitMix64(seed: seed)
        let initial = generator.distinctIndexes(count, below: rows.count)
        let labels = KMeans(rows: rows.values, count: rows.count, width: rows.columns).labels(initial: initial)
        return PartLabels(labels: labels, isReduced: Set(labels).count < count)
    }
}
