import Foundation

extension VisionTransformer {
    /// An encoder of an architecture with random weights, for measurements.
    ///
    /// - Parameters:
    ///   - architecture: the JSON text of open_clip's `model_cfg`.
    ///   - name: the file that holds it, for messages.
    /// - Throws: ``InferenceError/Code/modelConfiguration`` as for a model directory.
    public static func random(
        architecture json: Data, named name: String, seed: UInt64 = 1
    ) throws(InferenceError) -> VisionTransformer {
        guard let value = try? JSONDecoder().decode(ConfigurationValue.self, from: json) else {
            throw InferenceError(.modelConfiguration, "\(name): not JSON")
        }
        let configuration = try ModelConfiguration(openClip: value, file: name)
        return try VisionTransformer(TensorReader(randomSeed: seed).scope("visual"), configuration)
    }

    /// Multiply-adds of all projections, convolutions and attention for one image, without any padding.
    public var multiplyAdds: Int {
        let shape = transformerShape
        let rows = gridHeight * gridWidth + 1
        let block = rows * shape.width * (4 * shape.width + 2 * shape.mlpWidth) + 2 * rows * rows * shape.width
        return (rows - 1) * patchValues * width + shape.layers * block + width * embeddingWidth
    }
}
