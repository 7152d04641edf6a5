/// A rectangle of pixels, first and last ones included, as boxes of datasets and of the released helper are written
/// (docs/method.md §13).
public struct PixelBox: Sendable, Hashable {
    public let left: Int, top: Int, right: Int, bottom: Int

    /// nil unless it holds at least one pixel.
    public init?(left: Int, top: Int, right: Int, bottom: Int) {
        guard left <= right, top <= bottom else { return nil }
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    /// Around the patches for which `isIn` holds, a patch being a pixel; nil if it holds for none.
    init?(around grid: PatchGrid, _ isIn: (Int) -> Bool) {
        let patches = (0..<grid.height * grid.width).filter(isIn)
        let (rows, columns) = (patches.map { $0 / grid.width }, patches.map { $0 % grid.width })
        guard let left = columns.min(), let right = columns.max(), let top = rows.min(), let bottom = rows.max() else {
            return nil
        }
        self.init(left: left, top: top, right: right, bottom: bottom)
    }

    /// Every box of this size in a picture of `width` × `height`, itself among them if it lies in it.
    func places(width: Int, height: Int) -> [PixelBox] {
        let (across, down) = (right - left, bottom - top)
        return (0..<max(height - down, 0)).flatMap { y in
            (0..<max(width - across, 0)).compactMap { x in
                PixelBox(left: x, top: y, right: x + across, bottom: y + down)
            }
        }
    }
}

/// A rectangle in shares of a picture's sides, so that boxes of a patch grid and of the picture compare whatever the
/// picture was squashed to.
struct UnitBox: Equatable {
    let left: Double, top: Double, right: Double, bottom: Double

    init(_ box: PixelBox, width: Int, height: Int) {
        left = Double(box.left) / Double(width)
        top = Double(box.top) / Double(height)
        right = Double(box.right + 1) / Double(width)
        bottom = Double(box.bottom + 1) / Double(height)
    }

    private init?(left: Double, top: Double, right: Double, bottom: Double) {
        guard left < right, top < bottom else { return nil }
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    private var area: Double { (right - left) * (bottom - top) }

    /// Area of what both cover over area of what either covers.
    func overlap(_ other: UnitBox) -> Double {
        let shared =
            UnitBox(
                left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
                bottom: min(bottom, other.bottom))?.area ?? 0
        return shared / (area + other.area - shared)
    }
}
