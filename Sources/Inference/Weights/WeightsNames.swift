/// What the file of a model's weights is called, as safetensors, and pickled, which is read where there is nothing else.
public struct WeightsNames: Sendable, Hashable {
    public let safetensors: String
    public let pickled: String

    static let openClip = Self(safetensors: "open_clip_model.safetensors", pickled: "open_clip_pytorch_model.bin")
    /// As transformers writes them, and timm.
    static let transformers = Self(safetensors: "model.safetensors", pickled: "pytorch_model.bin")
    static let all = [openClip, transformers]
}
