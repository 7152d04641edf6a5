extension ModelConfiguration {
    /// Reads the `config.json` of a transformers `SiglipModel`: SigLIP, and SigLIP 2 at a fixed size.
    ///
    /// Published files leave out what is the library's default, down to whole sections.
    init(siglip source: ConfigurationFields, file: String) throws(InferenceError) {
        var fields = source
        func section(_ name: String) throws(InferenceError) -> ConfigurationFields {
            try fields.holds(name)
                ? fields.object(name) : ConfigurationFields(.object([:]), at: "config.\(name)", in: file)
        }
        var (vision, text) = (try section("vision_config"), try section("text_config"))
        try vision.require("num_channels", toBe: .integer(3))
        try vision.require("vision_use_head", toBe: .boolean(true))
        let imageSize = try vision.side("image_size", default: 224, in: 1...4096)
        let patchSize = try vision.side("patch_size", default: 16, in: 1...4096)
        guard patchSize <= imageSize, imageSize / patchSize <= 128 else {
            throw vision.refusal(
                "patch_size", "is \(patchSize), which leaves no grid of 1 to 128 patches a side of \(imageSize)")
        }
        let body = try TransformerShape(siglip: &vision)
        self.vision = .transformer(
            VisionTransformerShape(
                imageSize: imageSize, patchSize: patchSize, hasPatchBias: true, hasClassToken: false,
                hasInputNorm: false, transformer: body,
                pooling: .latent(LatentPoolShape(heads: body.heads, mlpWidth: body.mlpWidth)), projection: .none))

        let transformer = try TransformerShape(siglip: &text)
        // null stands for the width too.
        embeddingWidth =
            text.holds("projection_size")
            ? try text.integer("projection_size", in: 1...65536) : transformer.width
        guard embeddingWidth == body.width else {
            throw text.refusal(
                "projection_size", "is \(embeddingWidth), but the image embeddings have \(body.width) values")
        }
        self.text = Text(
            contextLength: try text.integer("max_position_embeddings", default: 64, in: 1...8192),
            vocabularySize: try text.integer("vocab_size", default: 32000, in: 1...4_194_304),
            transformer: transformer, isCausal: false, pooling: .last, projection: .layer,
            tokenizer: .file(.ownClass))
        naming = .transformers
        hasLogitBias = true
        logitsAreVectors = true
    }
}

extension TransformerShape {
    /// The defaults are the library's.
    fileprivate init(siglip fields: inout ConfigurationFields) throws(InferenceError) {
        width = try fields.integer("hidden_size", default: 768, in: 1...16384)
        mlpWidth = try fields.integer("intermediate_size", default: 3072, in: 1...262_144)
        layers = try fields.integer("num_hidden_layers", default: 12, in: 1...1024)
        heads = try fields.integer("num_attention_heads", default: 12, in: 1...16384)
        guard width % heads == 0 else {
            throw fields.refusal("num_attention_heads", "is \(heads), which does not divide the width \(width)")
        }
        switch try fields.text("hidden_act", default: "gelu_pytorch_tanh") {
        case "gelu_pytorch_tanh": activation = .tanhGelu
        case "gelu": activation = .gelu
        case "quick_gelu": activation = .quickGelu
        case let other:
            throw fields.refusal(
                "hidden_act", "is \(other.quoted); gelu_pytorch_tanh, gelu and quick_gelu are implemented")
        }
        epsilon = Float(try fields.ratio("layer_norm_eps", default: 1e-6))
    }
}
