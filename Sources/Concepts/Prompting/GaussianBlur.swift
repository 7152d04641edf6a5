import Foundation
import Inference

/// The blur outside a prompt's ellipse, in 8.8 fixed point as OpenCV 4.12 computes it on 8-bit pictures (docs/method.md §8.6).
enum GaussianBlur {
    /// Weights of a kernel of `size` values (odd) in 256ths, summing to 256; up to nine values OpenCV's own, from there
    /// `σ = 0.3·((size − 1)/2 − 1) + 0.8`, rounded from the ends to the middle with the error carried on.
    static func weights(size: Int) -> [Int] {
        precondition(size > 0 && size % 2 == 1, "a blur of \(size) pixels isn't odd")
        let radius = size / 2
        if let table = tables[size] { return table }
        let sigma = 0.3 * (Double(size - 1) / 2 - 1) + 0.8
        let raw = (0...radius).map { index in
            exp(-Double((index - radius) * (index - radius)) / (2 * sigma * sigma))
        }
        let sum = 2 * raw.dropLast().reduce(0, +) + 1
        var error = 0.0
        let flank = raw.dropLast().map { value in
            let exact = value / sum * 256 + error
            let rounded = exact.rounded(.toNearestOrEven)
            error = exact - rounded
            return Int(rounded)
        }
        return flank + [256 - 2 * flank.reduce(0, +)] + flank.reversed()
    }

    private static let tables = [
        1: [256], 3: [64, 128, 64], 5: [16, 64, 96, 64, 16], 7: [8, 28, 56, 72, 56, 28, 8],
        9: [4, 13, 30, 51, 60, 51, 30, 13, 4],
    ]

    /// Horizontally, then vertically, in integers, rounded once at the end; the border is mirrored without repeating the
    /// edge pixel.
    ///
    /// - Returns: `[height, width, 3]`.
    /// - Complexity: O(pixels · size).
    static func applied(to picture: Picture, size: Int) -> [UInt8] {
        let (width, height, radius) = (picture.width, picture.height, size / 2)
        let rowLength = width * 3
        guard rowLength > 0, height > 0 else { return [] }
        let half = Array(weights(size: size)[radius...])

        // 256 times a level is at most 65,280.
        var horizontal = [UInt16](repeating: 0, count: height * rowLength)
        var padded = [UInt16](repeating: 0, count: rowLength + 6 * radius)
        let sources = (-radius..<width + radius).map { mirrored($0, count: width) * 3 }
        let narrow = half.map { UInt16($0) }
        for row in 0..<height {
            for (place, source) in sources.enumerated() {
                for channel in 0..<3 {
                    padded[place * 3 + channel] = UInt16(picture.pixels[row * rowLength + source + channel])
                }
            }
            padded.withUnsafeBufferPointer { input in
                horizontal.withUnsafeMutableBufferPointer { output in
                    let out = UnsafeMutableBufferPointer(rebasing: output[row * rowLength..<(row + 1) * rowLength])
                    let center = input.baseAddress! + 3 * radius
                    for index in 0..<rowLength { out[index] = narrow[0] &* center[index] }
                    for k in 1..<narrow.count {
                        let (before, after, weight) = (center - 3 * k, center + 3 * k, narrow[k])
                        for index in 0..<rowLength { out[index] &+= weight &* (before[index] &+ after[index]) }
                    }
                }
            }
        }

        var result = [UInt8](repeating: 0, count: height * rowLength)
        var sums = [UInt32](repeating: 0, count: rowLength)
        let wide = half.map { UInt32($0) }
        for row in 0..<height {
            horizontal.withUnsafeBufferPointer { input in
                sums.withUnsafeMutableBufferPointer { out in
                    func line(_ offset: Int) -> UnsafePointer<UInt16> {
                        input.baseAddress! + mirrored(row + offset, count: height) * rowLength
                    }
                    let center = line(0)
                    for index in 0..<rowLength { out[index] = wide[0] &* UInt32(center[index]) &+ 32768 }
                    for k in 1..<wide.count {
                        let (before, after, weight) = (line(-k), line(k), wide[k])
                        for index in 0..<rowLength {
                            out[index] &+= weight &* (UInt32(before[index]) &+ UInt32(after[index]))
                        }
                    }
                }
            }
            result.withUnsafeMutableBufferPointer { output in
                for index in 0..<rowLength {
                    output[row * rowLength + index] = UInt8(truncatingIfNeeded: sums[index] >> 16)
                }
            }
        }
        return result
    }

    /// `index` mirrored at the ends of `0..<count` without repeating them, as often as needed: … 2 1 0 1 2 …
    static func mirrored(_ index: Int, count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let place = ((index % period) + period) % period
        return min(place, period - place)
    }
}
