/// Layers smoothed as it was found out earlier.
final class SmoothedLayers: LayerMaker {
    private let smoothing: Smoothing
    private var met: Set<String> = []

    private static let remedy =
        "another model was calibrated: submit under an analysis that is made with --calibration and this one"

    init(_ smoothing: Smoothing) { self.smoothing = smoothing }

    func layer(
        _ name: String, weights: [Float], bias: [Float], inputs: Int, outputs: Int
    ) throws(InferenceError) -> PackedLayer {
        met.insert(name)
        let exponents = smoothing.exponents[name] ?? []
        guard exponents.isEmpty || exponents.count == inputs else {
            throw InferenceError(
                .smoothing,
                "smoothing: there are \(exponents.count) exponents for \(name.quoted), which has \(inputs) inputs; \(Self.remedy)"
            )
        }
        return PackedLayer(
            weights: weights, bias: bias, inputs: inputs, outputs: outputs, precision: .int8, exponents: exponents)
    }

    /// Names a layer that the model does not have: it was another that was calibrated.
    func refuseRest() throws(InferenceError) {
        guard let rest = smoothing.exponents.keys.filter({ !met.contains($0) }).min() else { return }
        throw InferenceError(
            .smoothing,
            "smoothing: the model computes no layer \(rest.quoted) in int8; \(Self.remedy)")
    }
}
