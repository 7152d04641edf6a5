import Inference

/// Which concepts are added to a class's descriptors: what is found in images of its neighbours more often than chance would have it
/// (docs/descriptors.md §4).
public struct ConceptAugmentation: Sendable {
    /// A concept is noise unless chance gives at least as many images less often than this.
    public static let level = 0.01

    /// For each class how many of its images were looked at.
    private let images: [Int]
    /// For each class in how many of them a descriptor was retrieved.
    private let found: [[Int: Int]]
    /// For each descriptor over all classes.
    private let totals: [Int: Int]
    private let all: Int

    /// - Parameters:
    ///   - images: labelled ones, one count a class.
    ///   - found: one a class: descriptor to how many of its images have it.
    public init(images: [Int], found: [[Int: Int]]) {
        self.images = images
        self.found = found
        all = images.reduce(0, +)
        totals = found.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }

    /// Descriptors to add, those in most images first.
    ///
    /// - Parameters:
    ///   - neighbours: the classes whose images count.
    ///   - own: descriptors that the class has already.
    ///   - limit: how many at most.
    public func concepts(of neighbours: [Int], without own: Set<Int>, limit: Int) -> [Int] {
        let drawn = neighbours.reduce(0) { $0 + images[$1] }
        let counts = neighbours.reduce(into: [Int: Int]()) { $0.merge(found[$1], uniquingKeysWith: +) }
        let passed = counts.filter { descriptor, count in
            guard !own.contains(descriptor), let marked = totals[descriptor] else { return false }
            return Hypergeometric(population: all, marked: marked, drawn: drawn).tail(from: count) < Self.level
        }
        return passed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map(\.key)
    }
}
