import Inference
import Testing

/// How `tools/golden/drawing.py` writes down masks, contours and pictures.
extension Golden {
    /// A mask's rows: how many equal ones there are, then start and length of each run.
    ///
    /// - Returns: `[height, width]` raster.
    static func mask(rows: [[Int]], width: Int) -> [Bool] {
        rows.flatMap { row -> [Bool] in
            var cells = [Bool](repeating: false, count: width)
            for run in stride(from: 1, to: row.count, by: 2) {
                for x in row[run]..<row[run] + row[run + 1] { cells[x] = true }
            }
            return (0..<row[0]).flatMap { _ in cells }
        }
    }

    /// A contour's first point and the steps to the others, as digits: 0 is east, 2 south.
    static func points(start: [Int], steps: String) -> [(x: Int, y: Int)] {
        let directions = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
        var points = [(x: start[0], y: start[1])]
        for step in steps.compactMap(\.wholeNumberValue) {
            let last = points[points.count - 1]
            points.append((last.x + directions[step].0, last.y + directions[step].1))
        }
        return points
    }

    /// `Σ (byte + 1) · M^(bytes behind it)` modulo 2⁶⁴, in hex.
    static func digest(_ bytes: some Sequence<UInt8>) -> String {
        let value = bytes.reduce(UInt64(0)) { $0 &* 6_364_136_223_846_793_005 &+ UInt64($1) &+ 1 }
        let hex = String(value, radix: 16)
        return String(repeating: "0", count: 16 - hex.count) + hex
    }

    /// Rough and smooth stripes by the script's rule.
    static func picture(size: Int) -> Picture {
        Picture(
            width: size, height: size,
            pixels: (0..<size * size * 3).map { index in
                let rough = (UInt32(truncatingIfNeeded: index) &* 2_654_435_761) >> 26
                let smooth = (3 * (index / 3 % size) + 2 * (index / (3 * size)) + 40 * (index % 3)) % 192
                return UInt8(Int(rough) + smooth)
            })
    }
}
