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
            for column in 0..<weights.columns where weights[row, column] < threshold { weights[row, column] = 0 }
            let sum = weights.row(row).reduce(0, +) + 1e-6
            for column in 0..<weights.columns { weights[row, column] /= sum }
        }
        return weights
    }

    /// An attention map: softmax of `gain` times what exceeds the mean; what falls below it gets nothing, `[n, n]`.
    func guidance(gain: Float) -> Matrix {
        let mean = Float(cosines.elements.reduce(0.0) { $0 + Double($1) } / Double(cosines.elements.count))
        let (rows, columns) = (cosines.rows, cosines.columns)
        var result = cosines
        result.withUnsafeMutableElements { values in
            guard let base = values.baseAddress else { return }
            for index in values.indices {
                let excess = (values[index] - mean) * gain
                // What the softmax's exponential takes to nothing.
                values[index] = excess < 0 ? -Float.infinity : excess
            }
            RowKernels.current.softmax(base, rows, columns, columns)
        }
        return result
    }
}
