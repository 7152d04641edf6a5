/// How well one image's findings under a part method meet the truth.
public struct GroundTruthScore: Sendable, Hashable {
    /// Descriptors of a list, and how many of them are true of the picture.
    public struct Descriptors: Sendable, Hashable {
        public let count: Int
        public let `true`: Int

        public init(count: Int, true: Int) {
            self.count = count
            self.true = `true`
        }

        init(_ list: some Collection<Int>, _ truth: GroundTruth) {
            count = list.count
            `true` = list.count(where: truth.descriptors.contains)
        }
    }

    /// Intersection over union of the box around the foreground and the object's box; 0 without a foreground. CorLoc is the
    /// share of images in which it is above 0.5 (docs/method.md §13; the foreground is that of the patches, before any CRF).
    public let boxOverlap: Double
    /// Share of the places on the patch grid where a box of that size would overlap the object's by more than half: what CorLoc
    /// would be of boxes that know no picture; 0 without a foreground.
    public let boxChance: Double
    /// Intersection over union, on the patch grid, of the foreground and the patches that show mostly the object.
    public let foregroundOverlap: Double
    /// Share of foreground patches on the object whose true part is the commonest one of the found part they are in; nil
    /// without such patches.
    public let purity: Double?
    /// Adjusted Rand index of found and true parts over the same patches; nil of fewer than two.
    public let adjustedRandIndex: Double?
    /// What both encoders name.
    public let mutual: Descriptors
    /// What the vision side names.
    public let vision: Descriptors
    /// The whole bank: its share of true descriptors is what names at random would have.
    public let bank: Descriptors

    /// - Parameters:
    ///   - parts: found part of each patch, raster order, -1 for background, of a picture that was squashed onto the grid.
    ///   - vision: indexes of the vision concepts' descriptors; `mutual` those of them that the language side has too.
    ///   - bankSize: descriptors in the bank.
    public init(
        grid: PatchGrid, parts: [Int], vision: [Int], mutual: [Int], bankSize: Int, against truth: GroundTruth
    ) {
        precondition(parts.count == grid.height * grid.width, "\(parts.count) patches in a grid of \(grid)")
        let object = UnitBox(truth.box, width: truth.width, height: truth.height)
        let found = PixelBox(around: grid) { parts[$0] >= 0 }
        boxOverlap = found.map { UnitBox($0, width: grid.width, height: grid.height).overlap(object) } ?? 0
        boxChance =
            found.map { box in
                let places = box.places(width: grid.width, height: grid.height)
                let hits = places.count { UnitBox($0, width: grid.width, height: grid.height).overlap(object) > 0.5 }
                return Double(hits) / Double(places.count)
            } ?? 0
        let shown = truth.parts(on: grid)
        let either = parts.indices.count { parts[$0] >= 0 || shown[$0] > 0 }
        let both = parts.indices.filter { parts[$0] >= 0 && shown[$0] > 0 }
        foregroundOverlap = either > 0 ? Double(both.count) / Double(either) : 0
        let contingency = Contingency(both.map { parts[$0] }, both.map { shown[$0] })
        purity = contingency.purity
        adjustedRandIndex = contingency.adjustedRandIndex
        self.mutual = Descriptors(mutual, truth)
        self.vision = Descriptors(vision, truth)
        bank = Descriptors(count: bankSize, true: truth.descriptors.count)
    }
}
