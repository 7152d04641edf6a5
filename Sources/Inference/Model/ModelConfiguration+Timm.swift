import Foundation

extension ModelConfiguration {
    /// Reads the `config.json` of a timm vision trunk: CLIP's vision transformers, and those of Locality Alignment (`svit_…`),
    /// whose attention logits level off at 30. `model_args` overrides what the architecture's name says.
    ///
    /// Such a trunk has neither projection nor text encoder: its embedding is the class token behind the final norm.
    init(timm value: ConfigurationValue, file: String) throws(InferenceError) {
        var fields = try ConfigurationFields(value, at: "config", in: file)
        let name = try fields.text("architecture", default: "")
        guard let trunk = VisionTrunk.clip(String(name.prefix { $0 != "." })) else {
            throw fields.refusal(
                "architecture",
                "is \"\(name)\", which is not implemented; CLIP's vision transformers are, such as "
                    + "vit_base_patch16_clip_224 and svit_large_patch14_clip_quickgelu_336")
        }
        var arguments = try fields.holds("model_args") ? fields.object("model_args") : .none(in: file)
        let patchSize = try arguments.side("patch_size", default: trunk.patchSize, in: 1...4096)
        let imageSize = try arguments.side("img_size", default: trunk.imageSize, in: 1...4096)
        guard patchSize <= imageSize, imageSize / patchSize <= 128 else {
            throw arguments.refusal(
                "patch_size", "is \(patchSize), which leaves no grid of 1 to 128 patches a side of \(imageSize)")
        }
        let width = try arguments.integer("embed_dim", default: trunk.transformer.width, in: 1...16384)
        let heads = try arguments.integer("num_heads", default: trunk.transformer.heads, in: 1...16384)
        guard width % heads == 0 else {
            throw arguments.refusal("num_heads", "is \(heads), which does not divide the width \(width)")
        }
        let hidden = Double(width) * (try arguments.ratio("mlp_ratio", default: 4))
        guard hidden >= 1, hidden <= 262_144 else {
            throw arguments.refusal(
                "mlp_ratio", "makes a perceptron of \(hidden) hidden values; 1 to 262144 are possible")
        }
        var body = TransformerShape(
            width: width, layers: try arguments.integer("depth", default: trunk.transformer.layers, in: 1...1024),
            heads: heads,
            mlpWidth: Int(hidden))
        body.activation = trunk.transformer.activation
        if let cap = trunk.transformer.softCap {
            body.softCap = Float(try arguments.ratio("max_attn_val", default: Double(cap)))
        }
        try arguments.refuseRest()

        embeddingWidth = width
        vision = .transformer(
            VisionTransformerShape(
                imageSize: imageSize, patchSize: patchSize, transformer: body, projection: .none))
        text = nil
        naming = .timm
        hasLogitBias = false
        logitsAreVectors = false
    }
}

extension ModelDirectory {
    /// Whether a `config.json` is timm's: it names one architecture, where transformers lists classes.
    static func isTimm(_ file: String) -> Bool {
        guard case .object(let fields)? = try? ConfigurationValue(file: file), case .string? = fields["architecture"]
        else { return false }
        return true
    }

    /// What open_clip's `preprocess_cfg` would say, of timm's `pretrained_cfg`; CLIP's own way if there is none.
    static func timmPreprocessing(_ value: ConfigurationValue?, file: String) throws(InferenceError)
        -> ConfigurationValue
    {
        guard let value, value != .null else { return .object([:]) }
        var fields = try ConfigurationFields(value, at: "config.pretrained_cfg", in: file)
        try fields.require("crop_pct", toBe: .integer(1), .number(1), .null)
        var found: [String: ConfigurationValue] = [:]
        for name in ["mean", "std", "interpolation"] { found[name] = fields.take(name) }
        return .object(found)
    }
}
