import Foundation

/// Encoders of an architecture with random weights, for measurements.
public enum RandomEncoder {
    /// - Parameters:
    ///   - architecture: the JSON text of open_clip's `model_cfg`.
    ///   - name: the file that holds it, for messages.
    /// - Throws: ``InferenceError/Code/modelConfiguration`` as for a model directory.
    public static func make(
        architecture json: Data, named name: String, seed: UInt64 = 1
    ) throws(InferenceError) -> any VisionEncoder {
        let value = try ConfigurationValue(json: [UInt8](json), named: name)
        let configuration = try ModelConfiguration(openClip: value, file: name)
        return try ClipModel.visionEncoder(TensorReader(randomSeed: seed), configuration)
    }
}
