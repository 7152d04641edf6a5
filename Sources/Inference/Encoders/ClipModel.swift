import Foundation

/// A CLIP model in memory: both encoders, ready for any number of threads, each with a session of its own.
public final class ClipModel: Sendable {
    public let configuration: ModelConfiguration
    public let vision: any VisionEncoder
    /// nil for a vision trunk on its own.
    public let text: TextTransformer?
    /// nil for a vision trunk on its own.
    public let score: LogitScore?

    /// Reads the weights of a model directory. All are read as 32-bit floats, whatever the file's dtype.
    ///
    /// - Parameters:
    ///   - weights: what the directory's pickled weights were converted to (``Checkpoint/convert(to:metadata:)``); nil for a
    ///     directory with safetensors of its own.
    ///   - precision: what the vision encoder's trunk computes in.
    /// - Throws: ``InferenceError/Code/unreadableFile``, or ``InferenceError/Code/modelTensor`` naming the tensor
    ///   that is missing, unexpected, misshapen or of a dtype that is not read.
    public static func load(
        _ directory: ModelDirectory, weights: Safetensors? = nil, precision: Precision = .fp32
    ) throws(InferenceError) -> ClipModel {
        try ClipModel(directory.configuration.computing(in: precision), reader(of: directory, weights))
    }

    /// The vision encoder alone, as ``load(_:weights:precision:)`` reads it.
    ///
    /// - Parameter smoothing: of the layers that int8 narrows; nil for none.
    /// - Throws: ``InferenceError/Code/smoothing`` if that is another model's, and as ``load(_:weights:precision:)``.
    public static func loadVision(
        _ directory: ModelDirectory, weights: Safetensors? = nil, precision: Precision, smoothing: Smoothing? = nil
    ) throws(InferenceError) -> any VisionEncoder {
        let smoothed = smoothing.map(SmoothedLayers.init)
        let vision = try loadVision(directory, weights: weights, precision: precision, layers: smoothed)
        try smoothed?.refuseRest()
        return vision
    }

    /// - Parameter layers: makes those that int8 narrows.
    static func loadVision(
        _ directory: ModelDirectory, weights: Safetensors?, precision: Precision, layers: (any LayerMaker)?
    ) throws(InferenceError) -> any VisionEncoder {
        try visionEncoder(reader(of: directory, weights, layers), directory.configuration.computing(in: precision))
    }

    private static func reader(
        of directory: ModelDirectory, _ weights: Safetensors?, _ layers: (any LayerMaker)? = nil
    ) throws(InferenceError) -> TensorReader {
        let file = if let weights { weights } else { try Safetensors(path: directory.weightsPath) }
        return TensorReader(file, naming: directory.configuration.naming, layers: layers)
    }

    /// ``load(_:)`` of the directory at `path`.
    public static func load(directory path: String) throws(InferenceError) -> ClipModel {
        try load(ModelDirectory(path))
    }

    init(_ configuration: ModelConfiguration, _ tensors: TensorReader) throws(InferenceError) {
        self.configuration = configuration
        vision = try Self.visionEncoder(tensors, configuration)
        text = try configuration.text.map { (shape) throws(InferenceError) in
            try TextTransformer(tensors, configuration, shape)
        }
        score = try text.map { (_) throws(InferenceError) in
            let scalar = configuration.logitsAreVectors ? [1] : []
            let stored = try tensors.floats("logit_scale", scalar)[0]
            let scale = Float(exp(Double(stored)))
            guard scale.isFinite else {
                throw InferenceError(
                    .modelTensor,
                    "tensor logit_scale holds \(stored), the logarithm of more than a number can hold; take another copy of the model"
                )
            }
            return LogitScore(
                scale: scale,
                bias: configuration.hasLogitBias ? try tensors.floats("logit_bias", scalar)[0] : 0,
                kind: configuration.score)
        }
        try tensors.refuseRest()
    }

    static func visionEncoder(
        _ tensors: TensorReader, _ configuration: ModelConfiguration
    ) throws(InferenceError) -> any VisionEncoder {
        let scope = tensors.scope("visual")
        switch configuration.vision {
        case .transformer(let shape): return try VisionTransformer(scope, shape, configuration)
        case .resNet(let shape):
            return try ConvolutionalEncoder(scope, shape, embeddingWidth: configuration.embeddingWidth)
        case .convNeXt(let shape):
            return try ConvolutionalEncoder(scope, shape, embeddingWidth: configuration.embeddingWidth)
        }
    }
}
