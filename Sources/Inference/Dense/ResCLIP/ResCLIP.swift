import Foundation

/// ResCLIP's factors, and how its first pass tells the second which patches belong together (docs/dense.md §2.7).
struct ResCLIP: Sendable {
    /// The blocks whose mean attention is mixed in, in a model of twelve.
    var residualBlocks = 6...9
    var residualGain: Float = 2
    var residualShare: Float = 0.4
    var feedbackGain: Float = 1.8
    var feedbackShare: Float = 0.7
    /// Pixels whose best text is less probable than this count to the first text.
    var threshold = 0.25
    var window = NeighbourWindow(deviation: 5)
    /// Takes every path between patches in steps of the longest one's, as the released code does, so that of short paths only the
    /// beginning is looked at.
    var samplesAsReleased = false

    /// Deviation of the smoothing along the flattened patches.
    private static let deviation: Float = 5
    private static let longestKernel = 31

    /// How much patch i is to attend to patch j, `[n, n]`, at most 1.
    ///
    /// - Parameter labels: one a patch of a side × side grid, in raster order.
    func attention(labels: [Int], side: Int) -> Matrix {
        let count = side * side
        var values = [Float](repeating: 0, count: count * count)
        let farthest = max(side - 1, 1)
        for i in 0..<count {
            for j in 0..<count where labels[i] == labels[j] {
                let steps = max(abs(i / side - j / side), abs(i % side - j % side))
                let isOneRegion = PatchLine(from: i, to: j, side: side).isUniform(
                    labels, samples: samplesAsReleased ? farthest : nil)
                values[i * count + j] = isOneRegion ? 1 : exp(-Float(steps) / Float(farthest))
            }
        }
        return Self.scaled(Self.smoothed(Matrix(rows: count, columns: count, elements: values)))
    }

    /// Each row under a Gaussian along the patches' numbers, then of sum 1.
    private static func smoothed(_ matrix: Matrix) -> Matrix {
        let count = matrix.columns
        let kernel = kernel(min(count, longestKernel) | 1)
        let reach = kernel.count / 2
        var result = Matrix(rows: matrix.rows, columns: count)
        for row in 0..<matrix.rows {
            for column in 0..<count {
                var sum: Float = 0
                for other in max(column - reach, 0)...min(column + reach, count - 1) {
                    sum += matrix[row, other] * kernel[other - column + reach]
                }
                result[row, column] = sum
            }
            let total = result.row(row).reduce(0, +) + 1e-8
            for column in 0..<count { result[row, column] /= total }
        }
        return result
    }

    private static func kernel(_ size: Int) -> [Float] {
        let values = (0..<size).map { exp(-Float(($0 - size / 2) * ($0 - size / 2)) / (2 * deviation * deviation)) }
        let sum = values.reduce(0, +)
        return values.map { $0 / sum }
    }

    private static func scaled(_ matrix: Matrix) -> Matrix {
        let largest = matrix.elements.max() ?? 1
        return Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { $0 / largest })
    }
}
