/// Takes in a dataset's images one by one and keeps sums alone: memory grows with classes and shuffles, not with images.
///
/// The result depends on the seed and on the order of the images, for which any fixed one will do.
public struct DatasetAccumulator {
    private var totals = Totals()
    private var byClass: [Int: Totals] = [:]
    private var shuffle: ClassShuffle?

    /// - Parameters:
    ///   - languageLists: for each class the descriptors on its language list.
    ///   - bankSize: descriptors in the bank.
    ///   - predictedClasses: the classes that are predicted for some image of the dataset; what null classes are drawn of.
    ///   - shuffles: 0 for no null.
    public init(languageLists: [[Int]], bankSize: Int, predictedClasses: [Int], shuffles: Int, seed: UInt64) {
        guard shuffles > 0, Set(predictedClasses).count > 1 else { return }
        shuffle = ClassShuffle(
            languageLists: languageLists, bankSize: bankSize, classes: Set(predictedClasses).sorted(),
            shuffles: shuffles, seed: seed)
    }

    public mutating func add(_ image: DatasetImage) {
        totals.add(image)
        byClass[image.label ?? image.predicted, default: Totals()].add(image)
        shuffle?.add(image)
    }

    /// - Parameters:
    ///   - resamples: of the bootstrap.
    ///   - seed: of the bootstrap's draws.
    /// - Returns: nil if there was no image.
    public func statistics(resamples: Int, seed: UInt64) -> DatasetStatistics? {
        guard totals.images > 0 else { return nil }
        let classes = byClass.keys.sorted().compactMap { byClass[$0] }
        let bootstrap = ClassBootstrap(classes, from: Totals(), resamples: resamples, seed: seed) { $0.add($1) }
        func estimate(_ value: (Totals) -> Double?) -> DatasetStatistics.Estimate? { bootstrap.estimate(value) }
        let longest = totals.released.curve.count
        func estimator(
            _ sums: KeyPath<Totals, Totals.Sums>, _ null: ClassShuffleNull?
        ) -> DatasetStatistics.Estimator? {
            guard let mi = estimate({ $0.mean($0[keyPath: sums].mi) }),
                let auc = estimate({ $0.mean($0[keyPath: sums].auc) }),
                let padded = estimate({ $0.mean($0[keyPath: sums].points).map { $0 / Double(longest) } })
            else { return nil }
            return DatasetStatistics.Estimator(
                mi: mi, auc: auc, aucPadded: padded,
                curve: totals[keyPath: sums].curve.compactMap(totals.mean), null: null)
        }
        guard
            let released = estimator(\.released, shuffle?.null(\.released, observed: \.released, of: totals)),
            let membership = estimator(\.membership, shuffle?.null(\.membership, observed: \.membership, of: totals))
        else { return nil }
        return DatasetStatistics(
            images: totals.images, labelled: totals.labelled, classes: classes.count,
            top1: estimate { $0.labelled > 0 ? Double($0.hits) / Double($0.labelled) : nil },
            released: released, membership: membership)
    }
}

/// Integer sums over images.
struct Totals: Equatable {
    /// Of one estimator, nano-nats.
    struct Sums: Equatable {
        var mi: Int128 = 0
        var auc: Int128 = 0
        /// Over all points of all curves.
        var points: Int128 = 0
        /// Per step, as long as the longest curve.
        var curve: [Int128] = []

        mutating func add(_ dynamics: Agreement.Dynamics) {
            mi += Int128(dynamics.mi.count)
            auc += Int128(dynamics.auc.count)
            add(curve: dynamics.curve.map { Int128($0.count) })
        }

        mutating func add(_ other: Sums) {
            mi += other.mi
            auc += other.auc
            add(curve: other.curve)
        }

        private mutating func add(curve other: [Int128]) {
            if curve.count < other.count { curve += Array(repeating: 0, count: other.count - curve.count) }
            for (step, value) in other.enumerated() {
                curve[step] += value
                points += value
            }
        }
    }

    private(set) var images = 0
    private(set) var labelled = 0
    private(set) var hits = 0
    private(set) var released = Sums()
    private(set) var membership = Sums()

    mutating func add(_ image: DatasetImage) {
        images += 1
        if let label = image.label {
            labelled += 1
            if label == image.predicted { hits += 1 }
        }
        released.add(image.released)
        membership.add(image.membership)
    }

    mutating func add(_ other: Totals) {
        images += other.images
        labelled += other.labelled
        hits += other.hits
        released.add(other.released)
        membership.add(other.membership)
    }

    /// A sum of nano-nats as a mean over the images, nats; nil without images.
    func mean(_ sum: Int128) -> Double? {
        images > 0 ? Double(sum) / 1e9 / Double(images) : nil
    }
}
