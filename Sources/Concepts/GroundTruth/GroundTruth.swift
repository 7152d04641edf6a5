/// What is known of one picture from another source than the model: whoever drew or annotated it.
public struct GroundTruth: Sendable {
    public let width: Int
    public let height: Int
    /// `[height, width]` raster: the part that is seen at each pixel, 0 for none.
    public let parts: [UInt8]
    /// The object's box.
    public let box: PixelBox
    /// Indexes into the bank of the descriptors that are true of the picture.
    public let descriptors: Set<Int>

    /// - Parameter parts: `width · height` of them.
    public init(width: Int, height: Int, parts: [UInt8], box: PixelBox, descriptors: Set<Int>) {
        precondition(parts.count == width * height, "\(parts.count) pixels in a mask of \(width)×\(height)")
        (self.width, self.height, self.parts) = (width, height, parts)
        (self.box, self.descriptors) = (box, descriptors)
    }

    /// What is seen on most pixels of each patch, 0 for nothing known of: `[grid.height, grid.width]` raster. Of equals the
    /// smallest number.
    func parts(on grid: PatchGrid) -> [Int] {
        func range(_ index: Int, _ patches: Int, _ side: Int) -> Range<Int> {
            let (low, high) = (index * side / patches, (index + 1) * side / patches)
            return low..<max(high, low + 1)
        }
        return (0..<grid.height * grid.width).map { patch in
            var counts = [Int](repeating: 0, count: 256)
            let columns = range(patch % grid.width, grid.width, width)
            for y in range(patch / grid.width, grid.height, height) {
                for x in columns { counts[Int(parts[y * width + x])] += 1 }
            }
            return Ranking.top(1, of: counts).first ?? 0
        }
    }
}
