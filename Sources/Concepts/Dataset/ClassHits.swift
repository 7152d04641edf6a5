/// How often the images of one class are predicted rightly.
public struct ClassHits: Sendable, Equatable {
    public var images: Int
    /// Those with a label; hits are among these.
    public var labelled: Int
    public var hitsAt1: Int
    public var hitsAt5: Int

    public init(images: Int, labelled: Int, hitsAt1: Int, hitsAt5: Int) {
        self.images = images
        self.labelled = labelled
        self.hitsAt1 = hitsAt1
        self.hitsAt5 = hitsAt5
    }

    static func + (one: Self, other: Self) -> Self {
        Self(
            images: one.images + other.images, labelled: one.labelled + other.labelled,
            hitsAt1: one.hitsAt1 + other.hitsAt1, hitsAt5: one.hitsAt5 + other.hitsAt5)
    }
}
