import Inference

/// What `mm_cbm` and `mm_protosim` need of their numbers for a picture: texts and patches meet in a product over q, so that
/// concepts can be taken to the patches' own width once for all pictures (docs/rivals.md §1.1).
struct BottleneckNumbers: Sendable {
    let shape: HeadShape
    /// W_Q and W_V, `[q, e]` and `[q, d]`; their biases, `[q]`; w, `[q]`.
    let textWeight: DoubleMatrix
    let textBias: [Double]
    let patchWeight: DoubleMatrix
    let patchBias: [Double]
    let readOut: [Double]
    let readOutBias: Double
    /// W_c, `[C, D]`.
    let classifier: DoubleMatrix
    /// Q, `[D, q]`.
    let queries: DoubleMatrix
    /// Q·W_V, `[D, d]`: its product with a patch's features is the concept's logit there, but for ``offsets``.
    let keys: DoubleMatrix
    /// Q·b_V, `[D]`.
    let offsets: [Double]
    /// W_Vᵀ·w, `[d]`, and b_V·w: what a patch gives to a concept that it belongs to.
    let values: [Double]
    let valueOffset: Double

    /// - Parameters:
    ///   - parameters: `[shape.count]`.
    ///   - texts: of the bank, `[D, e]`, rows of length 1.
    init(_ shape: HeadShape, _ parameters: [Double], texts: DoubleMatrix) {
        precondition(
            parameters.count == shape.count && texts.rows == shape.concepts && texts.columns == shape.textWidth,
            "\(parameters.count) numbers and texts of [\(texts.rows), \(texts.columns)] for a head of \(shape.count)")
        func numbers(_ name: String) -> [Double] { Array(parameters[shape.range(name)]) }
        self.shape = shape
        textWeight = DoubleMatrix(
            rows: shape.width, columns: shape.textWidth, elements: numbers(HeadShape.textWeight))
        textBias = numbers(HeadShape.textBias)
        patchWeight = DoubleMatrix(
            rows: shape.width, columns: shape.patchWidth, elements: numbers(HeadShape.patchWeight))
        patchBias = numbers(HeadShape.patchBias)
        readOut = numbers(HeadShape.readOutWeight)
        readOutBias = numbers(HeadShape.readOutBias)[0]
        classifier = DoubleMatrix(
            rows: shape.classes, columns: shape.concepts, elements: numbers(HeadShape.classifier))

        let bias = textBias
        var queries = DoubleMatrix(
            rows: shape.concepts, columns: shape.width, elements: (0..<shape.concepts).flatMap { _ in bias })
        queries.add(texts.plain, times: textWeight.transposed)
        self.queries = queries
        keys = DoubleMatrix(queries.plain, times: patchWeight.plain)
        func column(_ values: [Double]) -> DoubleMatrix {
            DoubleMatrix(rows: values.count, columns: 1, elements: values)
        }
        offsets = DoubleMatrix(queries.plain, times: column(patchBias).plain).elements
        values = DoubleMatrix(patchWeight.transposed, times: column(readOut).plain).elements
        valueOffset = zip(patchBias, readOut).reduce(0.0) { $0 + $1.0 * $1.1 }
    }

    /// A, `[D, n]`: how much each concept asks for each patch.
    func logits(_ features: DoubleMatrix) -> DoubleMatrix {
        let patches = features.rows
        var logits = DoubleMatrix(
            rows: shape.concepts, columns: patches,
            elements: offsets.flatMap { [Double](repeating: $0, count: patches) })
        logits.add(keys.plain, times: features.transposed)
        return logits
    }

    /// `[n]`: what each patch gives.
    func given(_ features: DoubleMatrix) -> [Double] {
        var given = DoubleMatrix(
            rows: features.rows, columns: 1, elements: [Double](repeating: valueOffset, count: features.rows))
        given.add(features.plain, times: DoubleMatrix(rows: values.count, columns: 1, elements: values).plain)
        return given.elements
    }

    /// U, `[D]`: how present each concept is.
    ///
    /// - Parameters:
    ///   - weights: `[D, n]`: how much of each patch belongs to each concept.
    ///   - given: `[n]`.
    func presences(_ weights: DoubleMatrix, _ given: [Double]) -> [Double] {
        (0..<shape.concepts).map { concept in
            let sum = zip(weights.row(concept), given).reduce(readOutBias) { $0 + $1.0 * $1.1 }
            return Softmax.sigmoid(sum)
        }
    }
}
