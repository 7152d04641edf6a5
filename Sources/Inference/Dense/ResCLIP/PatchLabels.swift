import Foundation

/// Which text each patch looks most like, by its pixels after refinement (docs/dense.md §2.7).
struct PatchLabels {
    /// What cosines are multiplied by before the softmax.
    private static let scale = 40.0

    private let side: Int
    private let refinement: PixelRefinement
    private var best: [Float]
    private var labels: [Int32]
    /// Of each pixel, over the texts: Σ exp(40 · similarity).
    private var sums: [Double]

    /// - Parameters:
    ///   - similarity: `[n, C]` cosines on a side × side grid.
    ///   - planes: `[3, S, S]`, the encoder's input.
    static func find(
        similarity: Matrix, side: Int, planes: [Float], imageSize: Int, threshold: Double
    ) -> [Int] {
        var labels = PatchLabels(side: side, planes: planes, imageSize: imageSize)
        for first in stride(from: 0, to: similarity.columns, by: PixelRefinement.maps) {
            labels.take(similarity, from: first)
        }
        return labels.patches(threshold: threshold)
    }

    private init(side: Int, planes: [Float], imageSize: Int) {
        self.side = side
        refinement = PixelRefinement(planes: planes, side: imageSize)
        let pixels = imageSize * imageSize
        best = .init(repeating: -.infinity, count: pixels)
        labels = .init(repeating: 0, count: pixels)
        sums = .init(repeating: 0, count: pixels)
    }

    /// Sixteen texts more.
    private mutating func take(_ similarity: Matrix, from first: Int) {
        let count = min(PixelRefinement.maps, similarity.columns - first)
        let refined = refinement.refined(enlarged(similarity, from: first, count: count))
        for pixel in best.indices {
            for map in 0..<count {
                let value = refined[pixel * PixelRefinement.maps + map]
                sums[pixel] += exp(Self.scale * Double(value))
                if value > best[pixel] { (best[pixel], labels[pixel]) = (value, Int32(first + map)) }
            }
        }
    }

    /// Some columns as maps of the picture's size, bilinear, `[S, S, 16]`.
    private func enlarged(_ similarity: Matrix, from first: Int, count: Int) -> [Float] {
        let taps = BilinearTap.all(from: side, to: refinement.side)
        let maps = PixelRefinement.maps
        func row(_ patch: Int) -> SIMD16<Float> {
            var values = SIMD16<Float>()
            for map in 0..<count { values[map] = similarity[patch, first + map] }
            return values
        }
        let rows = (0..<side * side).map(row)
        var result = [Float](repeating: 0, count: refinement.side * refinement.side * maps)
        result.withUnsafeMutableBytes { result in
            let result = result.assumingMemoryBound(to: Float.self)
            for (y, v) in taps.enumerated() {
                for (x, h) in taps.enumerated() {
                    let top = rows[v.first * side + h.first] * (1 - h.share) + rows[v.first * side + h.second] * h.share
                    let bottom =
                        rows[v.second * side + h.first] * (1 - h.share) + rows[v.second * side + h.second] * h.share
                    let value = top * (1 - v.share) + bottom * v.share
                    let base = (y * refinement.side + x) * maps
                    for map in 0..<maps { result[base + map] = value[map] }
                }
            }
        }
        return result
    }

    /// The commonest label of each patch's pixels; of equals the lowest. Pixels beyond the last whole patch have no say.
    private func patches(threshold: Double) -> [Int] {
        let size = refinement.side
        let patch = size / side
        return (0..<side * side).map { number in
            var counts: [Int32: Int] = [:]
            for y in 0..<patch {
                for x in 0..<patch {
                    let pixel = (number / side * patch + y) * size + number % side * patch + x
                    let isSure = exp(Self.scale * Double(best[pixel])) / sums[pixel] >= threshold
                    counts[isSure ? labels[pixel] : 0, default: 0] += 1
                }
            }
            return Int(counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0)
        }
    }
}
