/// What taking descriptors out of a decomposition does to the class that it comes to, beside taking out others at random
/// (docs/rivals.md §8).
public struct RemovalTest: Sendable, Equatable {
    /// How many are taken out.
    public static let counts = [1, 3, 5, 10]

    /// What it comes to after the most important ones are gone, or as many random ones; sums over images.
    public struct Step: Sendable, Equatable {
        public let count: Int
        /// How far the class's score fell.
        public fileprivate(set) var drop = 0.0
        public fileprivate(set) var randomDrop = 0.0
        /// Images that come to another class.
        public fileprivate(set) var flips = 0
        public fileprivate(set) var randomFlips = 0
    }

    public private(set) var images = 0
    public private(set) var steps = counts.map { Step(count: $0) }

    public init() {}

    /// Takes one image in.
    ///
    /// - Parameters:
    ///   - ranked: descriptors that it is made of, the most important first; of fewer than are taken out all go.
    ///   - contentHash: SHA-256 of the image's bytes, by which random ones are drawn.
    ///   - scores: of each class, without some descriptors.
    public mutating func add(
        _ ranked: [Int], contentHash: [UInt8], seed: Int, scores: (Set<Int>) -> [Double]
    ) {
        images += 1
        let whole = scores([])
        guard let own = Ranking.top(1, of: whole).first else { return }
        for place in steps.indices {
            let count = steps[place].count
            var generator = SplitMix64(
                seed: NullSeed.value(
                    methodSeed: seed, contentHash: contentHash, explainer: "removal", null: "random", draw: count))
            let random = generator.distinctIndexes(count, below: ranked.count).map { ranked[$0] }
            let (best, other) = (scores(Set(ranked.prefix(count))), scores(Set(random)))
            steps[place].drop += whole[own] - best[own]
            steps[place].randomDrop += whole[own] - other[own]
            if Ranking.top(1, of: best).first != own { steps[place].flips += 1 }
            if Ranking.top(1, of: other).first != own { steps[place].randomFlips += 1 }
        }
    }
}
