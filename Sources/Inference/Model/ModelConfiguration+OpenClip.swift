extension ModelConfiguration {
    /// Reads the `model_cfg` object of an `open_clip_config.json`.
    ///
    /// Every field of open_clip's `CLIPVisionCfg` and `CLIPTextCfg` is known here: it is used, or changes nothing in a
    /// forward pass, or is refused by name unless it has the value that changes nothing.
    init(openClip value: ConfigurationValue?, file: String) throws(InferenceError) {
        var fields = try ConfigurationFields(value, at: "model_cfg", in: file)
        embeddingWidth = try fields.integer("embed_dim", in: 1...65536)
        activation = try fields.boolean("quick_gelu", default: false) ? .quickGelu : .gelu
        hasLogitBias = fields.isGiven("init_logit_bias")
        logitsAreVectors = try fields.boolean("nonscalar_logit_scale", default: false)
        fields.ignore("init_logit_scale")
        // These choose another class of model, with another layout of weights.
        try fields.require("custom_text", toBe: .boolean(false), .null)
        try fields.require("multimodal_cfg", toBe: .null)
        vision = try Vision(openClip: fields.object("vision_cfg"))
        text = try Text(openClip: fields.object("text_cfg"))
        try fields.refuseRest()
    }
}

extension ModelConfiguration.Vision {
    fileprivate init(openClip source: ConfigurationFields) throws(InferenceError) {
        var fields = source
        let imageSize = try fields.side("image_size", default: 224, in: 1...4096)
        if let shape = try ConvNeXtShape(openClip: &fields, imageSize: imageSize) {
            self = .convNeXt(shape)
        } else if fields.isList("layers") {
            self = .resNet(try ResNetShape(openClip: &fields, imageSize: imageSize))
        } else {
            self = .transformer(try VisionTransformerShape(openClip: &fields, imageSize: imageSize))
        }
        fields.ignore(
            "patch_dropout", "attn_pooler_queries", "attn_pooler_heads", "timm_model_pretrained", "timm_pool",
            "timm_proj", "timm_proj_bias", "timm_drop", "timm_drop_path")
        // The sine-cosine embedding is stored among the weights like a learnt one.
        try fields.require("pos_embed_type", toBe: .string("learnable"), .string("sin_cos_2d"))
        try fields.require("pool_type", toBe: .string("tok"))
        try fields.require(
            "attentional_pool", "no_ln_pre", "final_ln_after_pool", "output_tokens", "input_patchnorm",
            "global_average_pool", toBe: .boolean(false))
        try fields.refuseRest()
    }
}

extension ConvNeXtShape {
    /// nil if no timm trunk is asked for.
    fileprivate init?(openClip fields: inout ConfigurationFields, imageSize: Int) throws(InferenceError) {
        let value = fields.take("timm_model_name") ?? .string("")
        guard value != .string("") else { return nil }
        guard case .string(let name) = value, let trunk = Trunk.known[name] else {
            throw fields.refusal(
                "timm_model_name",
                "is \(value), which is not implemented; known are \(Trunk.known.keys.sorted().joined(separator: ", "))"
            )
        }
        self.trunk = trunk
        self.imageSize = imageSize
        guard imageSize >= 32 else {
            throw fields.refusal("image_size", "is \(imageSize); a ConvNeXt halves its maps down to nothing below 32")
        }
        // "" leaves timm's own pooling, which is the mean too.
        try fields.require("timm_pool", toBe: .string("avg"), .string(""))
        let projection = try fields.text("timm_proj", default: Projection.linear.rawValue)
        guard let known = Projection(rawValue: projection) else {
            throw fields.refusal("timm_proj", "is \"\(projection)\"; linear and mlp are implemented")
        }
        self.projection = known
        projectionHasBias = try fields.boolean("timm_proj_bias", default: false)
        // The trunk's name decides these.
        fields.ignore("layers", "width", "head_width", "mlp_ratio", "patch_size")
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
    fileprivate init(openClip fields: inout ConfigurationFields, imageSize: Int) throws(InferenceError) {
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
        transformer = try TransformerShape(openClip: &fields, width: width, heads: heads)
    }
}

extension ModelConfiguration.Text {
    fileprivate init(openClip source: ConfigurationFields) throws(InferenceError) {
        var fields = source
        try fields.require("hf_model_name", toBe: .null, .string(""))
        contextLength = try fields.integer("context_length", default: 77, in: 1...8192)
        vocabularySize = try fields.integer("vocab_size", default: 49408, in: 1...4_194_304)
        let width = try fields.integer("width", default: 512, in: 1...16384)
        let heads = try fields.integer("heads", default: 8, in: 1...16384)
        guard width % heads == 0 else {
            throw fields.refusal("heads", "is \(heads), which does not divide the width \(width)")
        }
        transformer = try TransformerShape(openClip: &fields, width: width, heads: heads)

        // eos_id and pad_id matter to pooling and masks that are refused below.
        fields.ignore("eos_id", "pad_id", "hf_model_pretrained", "hf_proj_type", "hf_pooler_type")
        try fields.require("hf_tokenizer_name", "tokenizer_mode", toBe: .null, .string(""))
        try fields.requireDefaults(ofTokenizer: "tokenizer_kwargs", contextLength: contextLength)
        try fields.require("pool_type", toBe: .string("argmax"))
        try fields.require("proj_type", toBe: .string("linear"))
        try fields.require(
            "embed_cls", "no_causal_mask", "final_ln_after_pool", "proj_bias", "output_tokens", toBe: .boolean(false))
        try fields.refuseRest()
    }
}

extension ConfigurationFields {
    /// What open_clip hands to its tokenizer: spelled-out defaults change nothing, and nothing else is implemented.
    fileprivate mutating func requireDefaults(ofTokenizer name: String, contextLength: Int) throws(InferenceError) {
        guard let value = take(name) else { return }
        guard case .object(let given) = value else { throw refusal(name, "is \(value), not an object") }
        let defaults: [String: [ConfigurationValue]] = [
            "clean": [.string("lower")], "additional_special_tokens": [.null, .array([])],
            "reduction_mask": [.null, .string("")], "context_length": [.null, .integer(contextLength)],
        ]
        for (key, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let neutral = defaults[key], neutral.contains(value) else {
                throw refusal("\(name).\(key)", "is \(value), which is not implemented; leave it out")
            }
        }
    }
}

extension TransformerShape {
    /// The fields that both towers have in common.
    fileprivate init(openClip fields: inout ConfigurationFields, width: Int, heads: Int) throws(InferenceError) {
        self.width = width
        self.heads = heads
        layers = try fields.integer("layers", default: 12, in: 1...1024)
        let hidden = Double(width) * (try fields.ratio("mlp_ratio", default: 4))
        guard hidden >= 1, hidden <= 262_144 else {
            throw fields.refusal("mlp_ratio", "makes a perceptron of \(hidden) hidden values; 1 to 262144 are possible")
        }
        mlpWidth = Int(hidden)
        try fields.require("ls_init_value", toBe: .null)
        try fields.require("act_kwargs", toBe: .null, .object([:]))
        try fields.require("norm_kwargs", toBe: .null, .object([:]), .object(["eps": .number(1e-5)]))
        try fields.require("block_type", toBe: .null, .string("default"))
        try fields.require(
            "qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc",
            toBe: .boolean(false))
    }
}
