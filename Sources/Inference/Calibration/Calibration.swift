/// Finds out how a model's vision encoder is smoothed best, by pictures that go through it in 32-bit floats (docs/precision.md §5).
///
///     let calibration = try Calibration(directory)
///     _ = calibration.vision.session(batchSize: 8).encode(pictures)
///     let smoothing = try calibration.smoothing()
public struct Calibration {
    /// Computes in floats, and remembers what comes into the layers that int8 narrows.
    public let vision: any VisionEncoder
    private let probing = ProbedLayers()
    private let directory: ModelDirectory
    private let weights: Safetensors?

    /// - Parameters:
    ///   - directory: of the model.
    ///   - weights: as in ``ClipModel/load(_:weights:precision:)``.
    /// - Throws: as ``ClipModel/load(_:weights:precision:)``.
    public init(_ directory: ModelDirectory, weights: Safetensors? = nil) throws(InferenceError) {
        (self.directory, self.weights) = (directory, weights)
        vision = try ClipModel.loadVision(directory, weights: weights, precision: .int8, layers: probing)
    }

    /// Layers that int8 narrows.
    public var layers: Int { probing.probes.count }

    /// Goes through the layers one by one, with the weights read once more.
    public func smoothing() throws(InferenceError) -> Smoothing {
        let search = SmoothingSearch(probing.probes)
        _ = try ClipModel.loadVision(directory, weights: weights, precision: .int8, layers: search)
        return Smoothing(exponents: search.found)
    }
}

/// Layers in floats, each with a probe at its entrance.
private final class ProbedLayers: LayerMaker {
    private(set) var probes: [String: ActivationProbe] = [:]

    func layer(
        _ name: String, weights: [Float], bias: [Float], inputs: Int, outputs: Int
    ) throws(InferenceError) -> PackedLayer {
        let probe = ActivationProbe(inputs: inputs)
        probes[name] = probe
        return PackedLayer(weights: weights, bias: bias, inputs: inputs, outputs: outputs, probe: probe)
    }
}
