extension ModelConfiguration {
    /// Reads the `model_cfg` object of an `open_clip_config.json`.
    ///
    /// Every field of open_clip's `CLIPVisionCfg` and `CLIPTextCfg` is known here: it is used, or changes nothing in a
    /// forward pass, or is refused by name unless it has the value that changes nothing.
    ///
    /// - Parameter trunk: what timm's name of a vision transformer stands for.
    init(
        openClip value: ConfigurationValue?, file: String,
        trunk: (_ name: String) -> VisionTransformerShape? = VisionTrunk.named
    ) throws(InferenceError) {
        var fields = try ConfigurationFields(value, at: "model_cfg", in: file)
        embeddingWidth = try fields.integer("embed_dim", in: 1...65536)
        let activation: Activation = try fields.boolean("quick_gelu", default: false) ? .quickGelu : .gelu
        hasLogitBias = fields.isGiven("init_logit_bias")
        logitsAreVectors = try fields.boolean("nonscalar_logit_scale", default: false)
        fields.ignore("init_logit_scale")
        let hasTextPrefix = try fields.boolean("custom_text", default: false)
        // A decoder of captions beside both encoders, which don't depend on it.
        let hasDecoder = fields.isGiven("multimodal_cfg")
        guard hasTextPrefix || !hasDecoder else {
            throw fields.refusal("custom_text", "is not true, which it is of every model with a multimodal_cfg")
        }
        var (visionFields, textFields) = (try fields.object("vision_cfg"), try fields.object("text_cfg"))
        // What the decoder gets.
        if hasDecoder {
            visionFields.ignore("output_tokens")
            textFields.ignore("output_tokens")
        }
        vision = try Vision(openClip: visionFields, activation, embeddingWidth: embeddingWidth, trunk: trunk)
        text = try Text(openClip: textFields, activation, embeddingWidth: embeddingWidth)
        var trunk: TimmNames.Projections?
        if case .transformer(let shape) = vision, visionFields.isNamed("timm_model_name") { trunk = shape.projections }
        naming = .openClip(trunk: trunk, hasTextPrefix: hasTextPrefix, hasDecoder: hasDecoder)
        try fields.refuseRest()
    }
}

extension ModelConfiguration.Vision {
    fileprivate init(
        openClip source: ConfigurationFields, _ activation: Activation, embeddingWidth: Int,
        trunk: (_ name: String) -> VisionTransformerShape?
    ) throws(InferenceError) {
        var fields = source
        let imageSize = try fields.side("image_size", default: 224, in: 1...4096)
        if fields.isNamed("timm_model_name") {
            self = try Self(
                openClipTrunk: &fields, imageSize: imageSize, embeddingWidth: embeddingWidth, trunk: trunk)
        } else if fields.isList("layers") {
            self = .resNet(try ResNetShape(openClip: &fields, imageSize: imageSize))
        } else {
            self = .transformer(
                try VisionTransformerShape(
                    openClip: &fields, imageSize: imageSize, embeddingWidth: embeddingWidth, activation))
        }
        fields.ignore(
            "patch_dropout", "attn_pooler_queries", "attn_pooler_heads", "timm_model_name", "timm_model_pretrained",
            "timm_pool",
            "timm_proj", "timm_proj_bias", "timm_drop", "timm_drop_path")
        // The sine-cosine embedding is stored among the weights like a learnt one.
        try fields.require("pos_embed_type", toBe: .string("learnable"), .string("sin_cos_2d"))
        // What a transformer has taken is no more among them.
        try fields.require("pool_type", toBe: .string("tok"))
        try fields.require(
            "attentional_pool", "no_ln_pre", "final_ln_after_pool", "output_tokens", "input_patchnorm",
            "global_average_pool", toBe: .boolean(false))
        try fields.refuseRest()
    }
}

extension ResNetShape {
    fileprivate init(openClip fields: inout ConfigurationFields, imageSize: Int) throws(InferenceError) {
        self.imageSize = imageSize
        guard imageSize.isMultiple(of: 32) else {
            throw fields.refusal("image_size", "is \(imageSize); a ResNet needs a multiple of 32")
        }
        layers = try fields.integers("layers", count: 4, in: 1...256)
        width = try fields.integer("width", default: 64, in: 2...4096)
        guard width.isMultiple(of: 2) else { throw fields.refusal("width", "is \(width); an even number is needed") }
        let headWidth = try fields.integer("head_width", default: 64, in: 1...16384)
        // open_clip rounds the number of heads down and divides the features among them.
        heads = 32 * width / headWidth
        guard heads > 0, 32 * width % heads == 0 else {
            throw fields.refusal(
                "head_width", "is \(headWidth), which does not divide the \(32 * width) features into heads")
        }
        // What only a transformer has.
        fields.ignore("patch_size", "mlp_ratio")
    }
}

extension VisionTransformerShape {
    fileprivate init(
        openClip fields: inout ConfigurationFields, imageSize: Int, embeddingWidth: Int, _ activation: Activation
    ) throws(InferenceError) {
        self.imageSize = imageSize
        patchSize = try fields.side("patch_size", default: 16, in: 1...4096)
        guard patchSize <= imageSize, imageSize / patchSize <= 128 else {
            throw fields.refusal(
                "patch_size",
                "is \(patchSize), which leaves no grid of 1 to 128 patches a side of an image of "
                    + "\(imageSize)")
        }
        let width = try fields.integer("width", default: 768, in: 1...16384)
        let headWidth = try fields.integer("head_width", default: 64, in: 1...16384)
        // open_clip rounds the number of heads down and divides the width among them.
        let heads = width / headWidth
        guard heads > 0, width % heads == 0 else {
            throw fields.refusal("head_width", "is \(headWidth), which does not divide the width \(width) into heads")
        }
        transformer = try TransformerShape(openClip: &fields, width: width, heads: heads, activation)
        hasInputNorm = try !fields.boolean("no_ln_pre", default: false)
        let normLast = try fields.boolean("final_ln_after_pool", default: false)
        let attends = try fields.boolean("attentional_pool", default: false)
        switch try fields.text("pool_type", default: "tok") {
        case "tok" where attends:
            pooling = .latent(
                try LatentPoolShape(openClip: &fields, width: embeddingWidth, encoderWidth: width))
        case "tok": pooling = .classToken
        case "avg" where attends:
            throw fields.refusal("pool_type", "is \"avg\"; of an attentional_pool only \"tok\" is implemented")
        case "avg": pooling = .mean(normFirst: !normLast)
        case let other: throw fields.refusal("pool_type", "is \(other.quoted); tok and avg are implemented")
        }
    }
}

extension LatentPoolShape {
    /// open_clip's attentional pooler: of all its queries the first one pools, the others are for the decoder.
    fileprivate init(
        openClip fields: inout ConfigurationFields, width: Int, encoderWidth: Int
    ) throws(InferenceError) {
        heads = try fields.integer("attn_pooler_heads", default: 8, in: 1...16384)
        guard width % heads == 0 else {
            throw fields.refusal("attn_pooler_heads", "is \(heads), which does not divide embed_dim, \(width)")
        }
        guard width <= encoderWidth else {
            throw fields.refusal(
                "attentional_pool",
                "is true, and embed_dim, \(width), is more than the width \(encoderWidth), which is "
                    + "not implemented")
        }
        mlpWidth = nil
        queries = try fields.integer("attn_pooler_queries", default: 256, in: 1...65536)
    }
}

extension ConfigurationFields {
    /// Whether a field names something, as Python sees it.
    func isNamed(_ name: String) -> Bool { holds(name) && !holds(name, .string("")) }

    /// ε of the norms.
    mutating func openClipEpsilon() throws(InferenceError) -> Float {
        guard let value = take("norm_kwargs") else { return 1e-5 }
        guard case .object(let given) = value else { throw refusal("norm_kwargs", "is \(value), not an object") }
        for (key, value) in given.sorted(by: { $0.key < $1.key }) {
            guard key == "eps", case .number(let epsilon) = value, epsilon > 0, epsilon < 1 else {
                throw refusal("norm_kwargs.\(key)", "is \(value); only an eps between 0 and 1 is implemented")
            }
            return Float(epsilon)
        }
        return 1e-5
    }

    /// What arguments make of a perceptron's activation.
    mutating func openClipActivation(_ activation: Activation) throws(InferenceError) -> Activation {
        guard let value = take("act_kwargs"), value != .object([:]) else { return activation }
        guard activation == .gelu, case .object(let given) = value, given.count == 1,
            case .string(let kind)? = given["approximate"], kind == "tanh" || kind == "none"
        else {
            throw refusal(
                "act_kwargs", "is \(value); only approximate: tanh of a model without quick_gelu is implemented")
        }
        return kind == "tanh" ? .tanhGelu : .gelu
    }
}

extension TransformerShape {
    /// The fields that both towers have in common.
    init(
        openClip fields: inout ConfigurationFields, width: Int, heads: Int, _ activation: Activation
    ) throws(InferenceError) {
        self.width = width
        self.heads = heads
        layers = try fields.integer("layers", default: 12, in: 1...1024)
        let hidden = Double(width) * (try fields.ratio("mlp_ratio", default: 4))
        guard hidden >= 1, hidden <= 262_144 else {
            throw fields.refusal("mlp_ratio", "makes a perceptron of \(hidden) hidden values; 1 to 262144 are possible")
        }
        mlpWidth = Int(hidden)
        hasLayerScale = fields.isGiven("ls_init_value")
        self.activation = try fields.openClipActivation(activation)
        epsilon = try fields.openClipEpsilon()
        try fields.require("block_type", toBe: .null, .string("default"))
        try fields.require(
            "qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc",
            toBe: .boolean(false))
    }
}
