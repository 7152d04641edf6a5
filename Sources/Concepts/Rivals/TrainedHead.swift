import Inference

/// A head that was trained to explain, at work (docs/rivals.md §1.3).
public struct TrainedHead: Sendable {
    private enum Kind {
        case bottleneck(BottleneckNumbers)
        case labeler(weight: DoubleMatrix, bias: [Double])
    }

    public let shape: HeadShape
    private let kind: Kind

    /// - Parameters:
    ///   - parameters: `[shape.count]`.
    ///   - texts: of the bank that it was trained with, `[D, e]`; brought to length 1 here.
    public init(_ shape: HeadShape, parameters: [Double], texts: Matrix) {
        self.shape = shape
        kind =
            shape.method == .featureMaps
            ? .labeler(
                weight: DoubleMatrix(
                    rows: shape.concepts, columns: shape.patchWidth,
                    elements: parameters[shape.range(HeadShape.labelerWeight)]),
                bias: Array(parameters[shape.range(HeadShape.labelerBias)]))
            : .bottleneck(BottleneckNumbers(shape, parameters, texts: DoubleMatrix(texts.rowsNormalized())))
    }

    /// The most important first; fewer than `count` where the head sees no more.
    ///
    /// - Parameters:
    ///   - features: `[n, d]`.
    ///   - classIndex: what is explained; of no account to feature maps.
    public func regions(in features: Matrix, ofClass classIndex: Int, count: Int) -> [TrainedRegion] {
        switch kind {
        case .bottleneck(let numbers):
            let (weights, presences) = seen(features, by: numbers)
            let contributions = (0..<shape.concepts).map { numbers.classifier[classIndex, $0] * presences[$0] }
            // A patch that a concept has more of than were they all alike; of a concept that takes patches whole its own.
            let share = shape.method == .mmCBM ? 1 / Double(features.rows) : 0.5
            return Ranking.top(shape.concepts, of: contributions).lazy.compactMap { concept -> TrainedRegion? in
                let row = Array(weights.row(concept))
                let patches = row.map { $0 > share }
                guard patches.contains(true) else { return nil }
                let highest = row.max() ?? 1
                return TrainedRegion(
                    descriptor: concept, importance: contributions[concept], patches: patches,
                    strengths: row.map { $0 / highest })
            }.prefix(count).map { $0 }
        case .labeler(let weight, let bias):
            return channels(of: features, count: count).map { channel, norm in
                let strengths = Self.scaled((0..<features.rows).map { Double(features[$0, channel]) })
                let patches = strengths.map { $0 >= Self.active }
                let mean = LabelerPass.mean(features, of: patches.indices.filter { patches[$0] })
                let scores = LabelerPass.scores(
                    DoubleMatrix(rows: 1, columns: mean.count, elements: mean), weight, bias)
                return TrainedRegion(
                    descriptor: Ranking.top(1, of: scores).first ?? 0, importance: norm, patches: patches,
                    strengths: strengths)
            }
        }
    }

    /// Of each class how much speaks for it, `[C]`; nil for feature maps, which tell no classes apart.
    public func scores(of features: Matrix) -> [Double]? {
        guard case .bottleneck(let numbers) = kind else { return nil }
        let presences = seen(features, by: numbers).presences
        return DoubleMatrix(
            numbers.classifier.plain, times: DoubleMatrix(rows: presences.count, columns: 1, elements: presences).plain
        ).elements
    }

    /// What of each patch each concept has, `[D, n]`, and how present each is, `[D]`; without noise.
    private func seen(
        _ features: Matrix, by numbers: BottleneckNumbers
    ) -> (weights: DoubleMatrix, presences: [Double]) {
        let features = DoubleMatrix(features)
        let logits = numbers.logits(features)
        let weights =
            shape.method == .mmCBM ? Softmax.overColumns(logits) : BottleneckPass.winners(logits)
        return (weights, numbers.presences(weights, numbers.given(features)))
    }

    /// From this share of a channel's range on a patch is active.
    private static let active = 0.9

    /// Channels of the largest norm over the patches.
    private func channels(of features: Matrix, count: Int) -> [(channel: Int, norm: Double)] {
        var squares = [Double](repeating: 0, count: features.columns)
        for patch in 0..<features.rows {
            for (channel, value) in features.row(patch).enumerated() {
                squares[channel] += Double(value) * Double(value)
            }
        }
        return Ranking.top(count, of: squares).map { ($0, squares[$0].squareRoot()) }
    }

    /// To 0…1; all 1 where all are alike.
    private static func scaled(_ values: [Double]) -> [Double] {
        guard let lowest = values.min(), let highest = values.max(), highest > lowest else {
            return values.map { _ in 1 }
        }
        return values.map { ($0 - lowest) / (highest - lowest) }
    }
}
