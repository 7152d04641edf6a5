/// Cosines between the patches of one image, `[n, n]`.
struct PatchAffinity {
    let cosines: Matrix

    /// - Parameter tokens: `[n, d]`.
    init(_ tokens: Matrix) {
        let unit = tokens.rowsNormalized()
        cosines = unit.multiplied(by: unit, transposed: true)
    }

    /// What averages patches with those whose cosine is at least `threshold`, each by its cosine, `[n, n]`.
    func averaging(threshold: Float) -> Matrix {
        var weights = cosines
        for row in 0..<weights.rows {
            let range = row * weights.columns..<(row + 1) * weights.columns
            for index in range where weights.elements[index] < threshold { weights.elements[index] = 0 }
            let sum = weights.elements[range].reduce(0, +) + 1e-6
            for index in range { weights.elements[index] /= sum }
        }
        return weights
    }

    /// An attention map: softmax of `gain` times what exceeds the mean; what falls below it gets nothing, `[n, n]`.
    func guidance(gain: Float) -> Matrix {
        let mean = Float(cosines.elements.reduce(0.0) { $0 + Double($1) } / Double(cosines.elements.count))
        var result = cosines
        for index in result.elements.indices {
            let excess = (cosines.elements[index] - mean) * gain
            // What the softmax's exponential takes to nothing.
            result.elements[index] = excess < 0 ? -Float.infinity : excess
        }
        result.elements.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            RowKernels.current.softmax(base, result.rows, result.columns, result.columns, 0)
        }
        return result
    }
}
