import Foundation
import Inference

/// The blur outside a prompt's ellipse (METHODS §1.7).
enum GaussianBlur {
    /// Weights of a kernel of `size` values (odd), `σ = 0.3·((size − 1)/2 − 1) + 0.8`, summing to 1.
    static func weights(size: Int) -> [Float] {
        let radius = size / 2
        let sigma = 0.3 * (Double(size - 1) / 2 - 1) + 0.8
        let raw = (0..<size).map { index in
            exp(-Double((index - radius) * (index - radius)) / (2 * sigma * sigma))
        }
        let sum = raw.reduce(0, +)
        return raw.map { Float($0 / sum) }
    }

    /// Horizontally, then vertically, in 32-bit floats with one fixed order of additions; the border is mirrored
    /// without repeating the edge pixel, values are rounded to the nearest.
    ///
    /// - Returns: `[height, width, 3]`.
    /// - Complexity: O(pixels · size).
    static func applied(to picture: Picture, size: Int) -> [UInt8] {
        precondition(size > 0 && size % 2 == 1, "a blur of \(size) pixels isn't odd")
        let (width, height, radius) = (picture.width, picture.height, size / 2)
        let rowLength = width * 3
        guard rowLength > 0, height > 0 else { return [] }
        let half = Array(weights(size: size)[radius...])

        var horizontal = [Float](repeating: 0, count: height * rowLength)
        var padded = [Float](repeating: 0, count: rowLength + 6 * radius)
        let sources = (-radius..<width + radius).map { mirrored($0, count: width) * 3 }
        for row in 0..<height {
            for (place, source) in sources.enumerated() {
                for channel in 0..<3 {
                    padded[place * 3 + channel] = Float(picture.pixels[row * rowLength + source + channel])
                }
            }
            padded.withUnsafeBufferPointer { input in
                horizontal.withUnsafeMutableBufferPointer { output in
                    weighted(
                        half, rowLength, into: UnsafeMutableBufferPointer(rebasing: output[(row * rowLength)...])
                    ) { offset in input.baseAddress! + (radius + offset) * 3 }
                }
            }
        }

        var result = [UInt8](repeating: 0, count: height * rowLength)
        var sums = [Float](repeating: 0, count: rowLength)
        for row in 0..<height {
            horizontal.withUnsafeBufferPointer { input in
                sums.withUnsafeMutableBufferPointer { output in
                    weighted(half, rowLength, into: output) { offset in
                        input.baseAddress! + mirrored(row + offset, count: height) * rowLength
                    }
                }
            }
            for column in 0..<rowLength {
                result[row * rowLength + column] = UInt8(min(max(sums[column] + 0.5, 0), 255))
            }
        }
        return result
    }

    /// `out[i] = half[0]·line(0)[i] + Σ half[k]·(line(-k)[i] + line(k)[i])` for `count` values.
    private static func weighted(
        _ half: [Float], _ count: Int, into out: UnsafeMutableBufferPointer<Float>,
        line: (Int) -> UnsafePointer<Float>
    ) {
        let center = line(0)
        for index in 0..<count { out[index] = half[0] * center[index] }
        for k in 1..<max(half.count, 1) {
            let (before, after, weight) = (line(-k), line(k), half[k])
            for index in 0..<count { out[index] += weight * (before[index] + after[index]) }
        }
    }

    /// `index` mirrored at the ends of `0..<count` without repeating them, as often as needed: … 2 1 0 1 2 …
    static func mirrored(_ index: Int, count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let place = ((index % period) + period) % period
        return min(place, period - place)
    }
}
