/// Where a trained head sees a concept in an image, and how much of the class it bears (docs/rivals.md §1.3).
public struct TrainedRegion: Sendable, Equatable {
    /// Index into the bank.
    public let descriptor: Int
    /// Comparable within one image alone.
    public let importance: Double
    /// `[n]`: the patches that it is made of; at least one, and they may be another region's too.
    public let patches: [Bool]
    /// `[n]`: how strongly each patch belongs to it, at most 1.
    public let strengths: [Double]

    public init(descriptor: Int, importance: Double, patches: [Bool], strengths: [Double]) {
        precondition(
            patches.count == strengths.count, "\(patches.count) patches and \(strengths.count) strengths")
        self.descriptor = descriptor
        self.importance = importance
        self.patches = patches
        self.strengths = strengths
    }
}
