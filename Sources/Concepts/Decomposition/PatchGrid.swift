/// The patches that a picture is cut into, in raster order.
public struct PatchGrid: Sendable, Hashable {
    public let height: Int
    public let width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// Whether each pixel of a picture lies on a patch for which `isIn` holds, by nearest neighbour (docs/method.md §8.1).
    ///
    /// - Returns: `[height, width]` raster.
    public func pixels(width: Int, height: Int, _ isIn: (Int) -> Bool) -> [Bool] {
        let patches = (0..<self.height * self.width).map(isIn)
        let columns = (0..<width).map { $0 * self.width / width }
        var mask = [Bool]()
        mask.reserveCapacity(width * height)
        for y in 0..<height {
            let base = y * self.height / height * self.width
            for column in columns { mask.append(patches[base + column]) }
        }
        return mask
    }
}
