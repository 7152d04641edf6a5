/// A CLIP model in memory: both encoders, ready for any number of threads, each with a workspace of its own.
public final class ClipModel: Sendable {
    public let configuration: ModelConfiguration
    public let vision: any VisionEncoder
    /// nil for a vision trunk on its own.
    public let text: TextTransformer?

    /// Reads the weights of a model directory. All are held as 32-bit floats, whatever the file's dtype.
    ///
    /// - Throws: ``InferenceError/Code/unreadableFile``, or ``InferenceError/Code/modelTensor`` naming the tensor
    ///   that is missing, unexpected, misshapen or of a dtype that is not read.
    public static func load(_ directory: ModelDirectory) throws(InferenceError) -> ClipModel {
        let file = try Safetensors(path: directory.weightsPath)
        return try ClipModel(directory.configuration, TensorReader(file, naming: directory.layout.naming))
    }

    /// ``load(_:)`` of the directory at `path`.
    public static func load(directory path: String) throws(InferenceError) -> ClipModel {
        try load(ModelDirectory(path))
    }

    private init(_ configuration: ModelConfiguration, _ tensors: TensorReader) throws(InferenceError) {
        self.configuration = configuration
        vision = try Self.visionEncoder(tensors, configuration)
        text = try configuration.text.map { (shape) throws(InferenceError) in
            try TextTransformer(tensors, configuration, shape)
        }
        if text != nil {
            // Similarities are cosines here, so scale and bias of the logits are checked and left aside.
            let scalar = configuration.logitsAreVectors ? [1] : []
            _ = try tensors.floats("logit_scale", scalar)
            if configuration.hasLogitBias { _ = try tensors.floats("logit_bias", scalar) }
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
