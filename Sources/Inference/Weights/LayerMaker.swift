/// Makes the layers of an encoder that are narrowed to whole numbers, where something else is wanted of them than the layer alone.
protocol LayerMaker: AnyObject {
    /// - Parameters:
    ///   - name: open_clip's for the weights.
    ///   - weights: `[outputs, inputs]`.
    ///   - bias: `[outputs]`, or empty.
    func layer(
        _ name: String, weights: [Float], bias: [Float], inputs: Int, outputs: Int
    ) throws(InferenceError) -> PackedLayer
}
