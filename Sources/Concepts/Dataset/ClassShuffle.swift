/// Pairs every image's vision concepts with the language lists of other classes, many times over, and sums up.
struct ClassShuffle {
    /// Sums of one estimator, one a shuffle, nano-nats.
    struct Sums {
        var mi: [Int64]
        var auc: [Int64]
    }

    private struct Pair {
        let released: Agreement.Dynamics
        let membership: Agreement.Dynamics
    }

    private let classes: [Int]
    /// For each of ``classes`` whether a descriptor is on its list, `[bank]`.
    private let isListed: [[Bool]]
    private let listLengths: [Int]
    private let bankSize: Int
    private let shuffles: Int
    private var generator: SplitMix64
    private var images = 0
    private(set) var released: Sums
    private(set) var membership: Sums
    /// Agreements by which concepts match, since few patterns occur.
    private var known: [Pattern: Pair] = [:]

    private struct Pattern: Hashable {
        let matches: [Bool]
        let listLength: Int
    }

    init(languageLists: [[Int]], bankSize: Int, classes: [Int], shuffles: Int, seed: UInt64) {
        self.classes = classes
        self.bankSize = bankSize
        self.shuffles = shuffles
        isListed = classes.map { number in
            var listed = [Bool](repeating: false, count: bankSize)
            for descriptor in languageLists[number] { listed[descriptor] = true }
            return listed
        }
        listLengths = classes.map { languageLists[$0].count }
        generator = SplitMix64(seed: seed)
        let zeros = [Int64](repeating: 0, count: shuffles)
        released = Sums(mi: zeros, auc: zeros)
        membership = Sums(mi: zeros, auc: zeros)
    }

    mutating func add(_ image: DatasetImage) {
        images += 1
        let others = classes.indices.filter { classes[$0] != image.languageClass }
        var pairs = [Pair?](repeating: nil, count: classes.count)
        for shuffle in 0..<shuffles {
            let place = others[generator.next(below: others.count)]
            let pair = pairs[place] ?? agreement(image.vision, with: place)
            pairs[place] = pair
            released.mi[shuffle] += pair.released.mi.count
            released.auc[shuffle] += pair.released.auc.count
            membership.mi[shuffle] += pair.membership.mi.count
            membership.auc[shuffle] += pair.membership.auc.count
        }
    }

    private mutating func agreement(_ vision: [Int], with place: Int) -> Pair {
        let pattern = Pattern(matches: vision.map { isListed[place][$0] }, listLength: listLengths[place])
        if let pair = known[pattern] { return pair }
        let released = ReleasedEstimator(visionCount: vision.count, languageCount: pattern.listLength)
        let membership = MembershipEstimator(bankSize: bankSize, languageCount: pattern.listLength)
        let pair = Pair(
            released: .init(of: released.curve(matches: pattern.matches)),
            membership: .init(of: membership.curve(matches: pattern.matches)))
        // Bounded, should lists be so long that hardly a pattern comes back.
        if known.count < 1 << 16 { known[pattern] = pair }
        return pair
    }

    func null(_ sums: KeyPath<ClassShuffle, Sums>, observed: KeyPath<Totals, Totals.Sums>, of totals: Totals)
        -> ClassShuffleNull
    {
        let (own, theirs) = (self[keyPath: sums], totals[keyPath: observed])
        return ClassShuffleNull(
            shuffles: shuffles, mi: distribution(own.mi, observed: theirs.mi),
            auc: distribution(own.auc, observed: theirs.auc))
    }

    private func distribution(_ sums: [Int64], observed: Int128) -> ClassShuffleNull.Distribution {
        let means = sums.map { Double($0) / 1e9 / Double(images) }
        let mean = means.reduce(0, +) / Double(shuffles)
        let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shuffles)
        let reached = sums.count { Int128($0) >= observed }
        return ClassShuffleNull.Distribution(
            mean: mean, standardDeviation: variance.squareRoot(),
            pValue: Double(1 + reached) / Double(1 + shuffles))
    }
}
