/// Two analyses' accuracies over the labelled images that both have (docs/descriptors.md §3).
public struct PairedAccuracy: Sendable, Equatable, Encodable {
    /// Labelled images in both.
    public let images: Int
    /// The labels' classes, which were resampled.
    public let classes: Int
    public let before: DatasetStatistics.Estimate
    public let now: DatasetStatistics.Estimate
    /// Now less before.
    public let difference: DatasetStatistics.Estimate
    public let test: McNemarTest

    enum CodingKeys: String, CodingKey {
        case images, classes, before, now, difference
        case test = "mcnemar"
    }

    /// - Parameter classes: in a fixed order.
    /// - Returns: nil if there is no image.
    public init?(_ classes: [PairedHits], resamples: Int, seed: UInt64) {
        let empty = PairedHits(images: 0, both: 0, onlyBefore: 0, onlyNow: 0)
        let whole = classes.reduce(empty, +)
        let bootstrap = ClassBootstrap(classes, from: empty, resamples: resamples, seed: seed) { $0 = $0 + $1 }
        func share(_ hits: (PairedHits) -> Int) -> DatasetStatistics.Estimate? {
            bootstrap.estimate { $0.images > 0 ? Double(hits($0)) / Double($0.images) : nil }
        }
        guard let before = share({ $0.both + $0.onlyBefore }), let now = share({ $0.both + $0.onlyNow }),
            let difference = share({ $0.onlyNow - $0.onlyBefore })
        else { return nil }
        images = whole.images
        self.classes = classes.count
        self.before = before
        self.now = now
        self.difference = difference
        test = McNemarTest(onlyBefore: whole.onlyBefore, onlyNow: whole.onlyNow)
    }
}
