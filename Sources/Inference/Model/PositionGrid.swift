/// Positional embeddings of a grid of patches, brought to another grid: a checkpoint may be run at an image size that it was
/// not trained at.
enum PositionGrid {
    /// Bicubic with antialiasing, as open_clip resizes them at load; the class token's row stays.
    ///
    /// - Parameters:
    ///   - positions: `[classRows + from², width]`.
    ///   - side: patches along a side of the wanted grid.
    ///   - classRows: rows before those of the patches, which stay.
    /// - Returns: `[classRows + side², width]`.
    static func resized(
        _ positions: [Float], from stored: Int, to side: Int, classRows: Int = 1, width: Int
    ) -> [Float] {
        precondition(positions.count == (classRows + stored * stored) * width)
        let kernels = (0..<side).map { ResampleKernel(from: stored, to: side, output: $0, filter: .bicubic) }
        // Along rows, then along columns; in double, as a table is made once.
        var wide = [Double](repeating: 0, count: stored * side * width)
        for y in 0..<stored {
            for (x, kernel) in kernels.enumerated() {
                for (tap, weight) in kernel.weights.enumerated() {
                    let source = (classRows + y * stored + kernel.first + tap) * width
                    let target = (y * side + x) * width
                    for column in 0..<width { wide[target + column] += weight * Double(positions[source + column]) }
                }
            }
        }
        var result = Array(positions[..<(classRows * width)])
        result.reserveCapacity((classRows + side * side) * width)
        for kernel in kernels {
            for x in 0..<side {
                for column in 0..<width {
                    var sum = 0.0
                    for (tap, weight) in kernel.weights.enumerated() {
                        sum += weight * wide[((kernel.first + tap) * side + x) * width + column]
                    }
                    result.append(Float(sum))
                }
            }
        }
        return result
    }

    /// The side of a stored grid with one more row for the class token; nil if the rows make no square.
    static func side(ofRows rows: Int) -> Int? {
        let side = Int(Double(rows - 1).squareRoot().rounded())
        return side > 0 && side * side + 1 == rows ? side : nil
    }
}
