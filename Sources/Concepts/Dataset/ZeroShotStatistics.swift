/// What a dataset says of predictions alone (docs/descriptors.md §2), with 95 % bootstrap intervals over classes.
public struct ZeroShotStatistics: Sendable, Equatable, Encodable {
    public let images: Int
    public let labelled: Int
    /// What was resampled: the labels' classes, or the predicted ones of images without a label.
    public let classes: Int
    /// Share of labelled images whose label is the prediction; nil without labelled images.
    public let top1: DatasetStatistics.Estimate?
    /// Whose label is among the five most similar.
    public let top5: DatasetStatistics.Estimate?

    enum CodingKeys: String, CodingKey {
        case images, labelled, classes
        case top1 = "top_1"
        case top5 = "top_5"
    }

    /// - Parameter classes: in a fixed order.
    /// - Returns: nil if there is no image.
    public init?(_ classes: [ClassHits], resamples: Int, seed: UInt64) {
        let empty = ClassHits(images: 0, labelled: 0, hitsAt1: 0, hitsAt5: 0)
        let whole = classes.reduce(empty, +)
        guard whole.images > 0 else { return nil }
        let bootstrap = ClassBootstrap(classes, from: empty, resamples: resamples, seed: seed) { $0 = $0 + $1 }
        func share(_ hits: KeyPath<ClassHits, Int>) -> DatasetStatistics.Estimate? {
            bootstrap.estimate { $0.labelled > 0 ? Double($0[keyPath: hits]) / Double($0.labelled) : nil }
        }
        images = whole.images
        labelled = whole.labelled
        self.classes = classes.count
        top1 = share(\.hitsAt1)
        top5 = share(\.hitsAt5)
    }
}
