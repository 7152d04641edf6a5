import Foundation

extension ModelConfiguration {
    /// Reads the `config.json` of a transformers `CLIPModel`.
    ///
    /// Such files hold much that is no part of the model, and the library ignores what it does not know; so only what
    /// decides a forward pass is looked at.
    init(transformers value: ConfigurationValue, file: String) throws(InferenceError) {
        var fields = try ConfigurationFields(value, at: "config", in: file)
        try fields.require("model_type", toBe: .string("clip"))
        embeddingWidth = try fields.integer("projection_dim", default: 512, in: 1...65536)
        // Older files carry copies, which take precedence as wholes.
        var vision = try fields.object(fields.holds("vision_config_dict") ? "vision_config_dict" : "vision_config")
        var text = try fields.object(fields.holds("text_config_dict") ? "text_config_dict" : "text_config")
        hasLogitBias = false
        logitsAreVectors = false
        let activations = (try vision.activation(), try text.activation())
        guard activations.0 == activations.1 else {
            throw text.refusal("hidden_act", "is not the vision encoder's, \"\(activations.0.rawValue)\"")
        }
        activation = activations.0
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
                transformer: try TransformerShape(transformers: &vision, width: 768, mlpWidth: 3072, heads: 12)))
        self.text = Text(
            contextLength: try text.integer("max_position_embeddings", default: 77, in: 1...8192),
            vocabularySize: try text.integer("vocab_size", default: 49408, in: 1...4_194_304),
            transformer: try TransformerShape(transformers: &text, width: 512, mlpWidth: 2048, heads: 8))
    }
}

extension TransformerShape {
    /// The defaults are the library's.
    fileprivate init(
        transformers fields: inout ConfigurationFields, width standardWidth: Int, mlpWidth standardMLP: Int,
        heads standardHeads: Int
    ) throws(InferenceError) {
        width = try fields.integer("hidden_size", default: standardWidth, in: 1...16384)
        mlpWidth = try fields.integer("intermediate_size", default: standardMLP, in: 1...262_144)
        layers = try fields.integer("num_hidden_layers", default: 12, in: 1...1024)
        heads = try fields.integer("num_attention_heads", default: standardHeads, in: 1...16384)
        guard width % heads == 0 else {
            throw fields.refusal("num_attention_heads", "is \(heads), which does not divide the width \(width)")
        }
        try fields.require("layer_norm_eps", toBe: .number(1e-5))
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

extension ModelDirectory {
    /// What open_clip's `preprocess_cfg` would say, of the library's settings; CLIP's own way if there are none.
    ///
    /// They are the `image_processor` of `processor_config.json`, where releases from 5 on write them, and where that file has
    /// none all of `preprocessor_config.json`.
    static func transformersPreprocessing(
        _ path: String, imageSize: Int
    ) throws(InferenceError) -> ConfigurationValue {
        func optional(_ name: String) throws(InferenceError) -> ConfigurationValue? {
            let file = "\(path)/\(name)"
            return FileManager.default.fileExists(atPath: file) ? try ConfigurationValue(file: file) : nil
        }
        var fields: ConfigurationFields
        if let whole = try optional("processor_config.json") {
            fields = try ConfigurationFields(whole, at: "processor", in: "\(path)/processor_config.json")
            if fields.holds("image_processor") {
                fields = try fields.object("image_processor")
                return try transformersPreprocessing(&fields, imageSize: imageSize)
            }
        }
        guard let value = try optional("preprocessor_config.json") else {
            return .object(["crop_rounding": .string(CropRounding.down.rawValue)])
        }
        fields = try ConfigurationFields(value, at: "preprocessor", in: "\(path)/preprocessor_config.json")
        return try transformersPreprocessing(&fields, imageSize: imageSize)
    }

    private static func transformersPreprocessing(
        _ fields: inout ConfigurationFields, imageSize: Int
    ) throws(InferenceError) -> ConfigurationValue {
        var found: [String: ConfigurationValue] = [:]
        try fields.require("do_resize", "do_rescale", "do_normalize", toBe: .boolean(true))
        // Written with more or fewer digits.
        if let factor = fields.take("rescale_factor") {
            guard case .number(let number) = factor, abs(number - 1.0 / 255) < 1e-9 else {
                throw fields.refusal("rescale_factor", "is \(factor); only 1/255 is implemented")
            }
        }
        for (name, own) in [("image_mean", "mean"), ("image_std", "std")] { found[own] = fields.take(name) }
        // Pillow's numbers.
        switch fields.take("resample") ?? .integer(3) {
        case .integer(3): found["interpolation"] = .string("bicubic")
        case .integer(2): found["interpolation"] = .string("bilinear")
        case let other: throw fields.refusal("resample", "is \(other); 2 (bilinear) and 3 (bicubic) are implemented")
        }
        let side = try fields.take("size").map { value throws(InferenceError) in try fields.sides(value, "size") }
        guard side.map({ $0.height == imageSize && $0.width == imageSize }) ?? true else {
            throw fields.refusal("size", "is not the model's image_size, \(imageSize)")
        }
        if try fields.boolean("do_center_crop", default: true) {
            found["crop_rounding"] = .string(CropRounding.down.rawValue)
            let crop = try fields.take("crop_size").map { value throws(InferenceError) in
                try fields.sides(value, "crop_size")
            }
            guard crop.map({ $0.height == imageSize && $0.width == imageSize }) ?? true else {
                throw fields.refusal("crop_size", "is not the model's image_size, \(imageSize)")
            }
            guard side?.isShortest ?? true else {
                throw fields.refusal("size", "has a height and a width, after which nothing is left to crop")
            }
        } else {
            guard side?.isShortest == false else {
                throw fields.refusal("do_center_crop", "is false, but size gives the shortest edge alone")
            }
            found["resize_mode"] = .string("squash")
        }
        return .object(found)
    }
}

extension ConfigurationFields {
    /// A number, `{"shortest_edge": n}` or `{"height": n, "width": n}`.
    fileprivate func sides(
        _ value: ConfigurationValue, _ name: String
    ) throws(InferenceError) -> (height: Int, width: Int, isShortest: Bool) {
        switch value {
        case .integer(let side): return (side, side, true)
        case .object(let members):
            if case .integer(let side)? = members["shortest_edge"] { return (side, side, true) }
            if case .integer(let height)? = members["height"], case .integer(let width)? = members["width"] {
                return (height, width, false)
            }
        default: break
        }
        throw refusal(name, "is \(value); a number, a shortest_edge, or a height and a width are needed")
    }
}
