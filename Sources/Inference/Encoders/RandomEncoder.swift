import Foundation

/// Encoders of an architecture with random weights, for measurements.
public enum RandomEncoder {
    /// - Parameters:
    ///   - architecture: the JSON text of open_clip's `model_cfg`.
    ///   - name: the file that holds it, for messages.
    ///   - precision: what the trunk computes in.
    /// - Throws: ``InferenceError/Code/modelConfiguration`` as for a model directory.
    public static func make(
        architecture json: Data, named name: String, seed: UInt64 = 1, precision: Precision = .fp32
    ) throws(InferenceError) -> any VisionEncoder {
        let configuration = try configuration(json, name).computing(in: precision)
        return try ClipModel.visionEncoder(TensorReader(randomSeed: seed), configuration)
    }

    /// The text encoder of the same, or nil if the architecture has none.
    public static func makeText(
        architecture json: Data, named name: String, seed: UInt64 = 1
    ) throws(InferenceError) -> TextTransformer? {
        let configuration = try configuration(json, name)
        guard let shape = configuration.text else { return nil }
        return try TextTransformer(TensorReader(randomSeed: seed), configuration, shape)
    }

    private static func configuration(_ json: Data, _ name: String) throws(InferenceError) -> ModelConfiguration {
        try ModelConfiguration(openClip: ConfigurationValue(json: [UInt8](json), named: name), file: name)
    }
}
