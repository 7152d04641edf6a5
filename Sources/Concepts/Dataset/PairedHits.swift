/// How often the images of one class are predicted rightly by each of two analyses.
public struct PairedHits: Sendable, Equatable {
    public var images: Int
    public var both: Int
    public var onlyBefore: Int
    public var onlyNow: Int

    public init(images: Int, both: Int, onlyBefore: Int, onlyNow: Int) {
        self.images = images
        self.both = both
        self.onlyBefore = onlyBefore
        self.onlyNow = onlyNow
    }

    static func + (one: Self, other: Self) -> Self {
        Self(
            images: one.images + other.images, both: one.both + other.both,
            onlyBefore: one.onlyBefore + other.onlyBefore, onlyNow: one.onlyNow + other.onlyNow)
    }
}
