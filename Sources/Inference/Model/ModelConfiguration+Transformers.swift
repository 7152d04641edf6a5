extension ModelConfiguration {
    /// Reads the `config.json` of a transformers `CLIPModel` or `SiglipModel`.
    ///
    /// Such files hold much that is no part of the model, and the library ignores what it does not know; so only what
    /// decides a forward pass is looked at.
    init(transformers value: ConfigurationValue, file: String) throws(InferenceError) {
        let fields = try ConfigurationFields(value, at: "config", in: file)
        // Who leaves it out means the first.
        switch fields.holds("model_type") ? fields.name("model_type") : "clip" {
        case "clip": self = try ModelConfiguration(clip: fields)
        case "siglip": self = try ModelConfiguration(siglip: fields, file: file)
        case let other:
            throw fields.refusal("model_type", "is \(other?.quoted ?? "no string"); clip and siglip are implemented")
        }
    }

    private init(clip source: ConfigurationFields) throws(InferenceError) {
        var fields = source
        embeddingWidth = try fields.integer("projection_dim", default: 512, in: 1...65536)
        // Older files carry copies, which take precedence as wholes.
        var vision = try fields.object(fields.holds("vision_config_dict") ? "vision_config_dict" : "vision_config")
        var text = try fields.object(fields.holds("text_config_dict") ? "text_config_dict" : "text_config")
        hasLogitBias = false
        logitsAreVectors = false
        naming = .transformers
        let activations = (try vision.activation(), try text.activation())
        guard activations.0 == activations.1 else {
            throw text.refusal("hidden_act", "is not the vision encoder's, \"\(activations.0.rawValue)\"")
        }
        try vision.require("num_channels", toBe: .integer(3))
        let imageSize = try vision.side("image_size", default: 224, in: 1...4096)
        let patchSize = try vision.side("patch_size", default: 32, in: 1...4096)
        guard patchSize <= imageSize, imageSize / patchSize <= 128 else {
            throw vision.refusal(
                "patch_size", "is \(patchSize), which leaves no grid of 1 to 128 patches a side of \(imageSize)")
        }
        self.vision = .transformer(
            VisionTransformerShape(
                imageSize: imageSize, patchSize: patchSize,
                transformer: try TransformerShape(
                    transformers: &vision, width: 768, mlpWidth: 3072, heads: 12, activations.0)))
        self.text = Text(
            contextLength: try text.integer("max_position_embeddings", default: 77, in: 1...8192),
            vocabularySize: try text.integer("vocab_size", default: 49408, in: 1...4_194_304),
            transformer: try TransformerShape(transformers: &text, width: 512, mlpWidth: 2048, heads: 8, activations.1))
    }
}

extension TransformerShape {
    /// The defaults are the library's.
    fileprivate init(
        transformers fields: inout ConfigurationFields, width standardWidth: Int, mlpWidth standardMLP: Int,
        heads standardHeads: Int, _ activation: Activation
    ) throws(InferenceError) {
        width = try fields.integer("hidden_size", default: standardWidth, in: 1...16384)
        mlpWidth = try fields.integer("intermediate_size", default: standardMLP, in: 1...262_144)
        layers = try fields.integer("num_hidden_layers", default: 12, in: 1...1024)
        heads = try fields.integer("num_attention_heads", default: standardHeads, in: 1...16384)
        guard width % heads == 0 else {
            throw fields.refusal("num_attention_heads", "is \(heads), which does not divide the width \(width)")
        }
        try fields.require("layer_norm_eps", toBe: .number(1e-5))
        self.activation = activation
    }
}

extension ConfigurationFields {
    fileprivate mutating func activation() throws(InferenceError) -> Activation {
        switch try text("hidden_act", default: "quick_gelu") {
        case "quick_gelu": return .quickGelu
        case "gelu": return .gelu
        case let other: throw refusal("hidden_act", "is \"\(other)\"; \"quick_gelu\" and \"gelu\" are implemented")
        }
    }
}
