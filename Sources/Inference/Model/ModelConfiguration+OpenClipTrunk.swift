extension ModelConfiguration.Vision {
    /// A vision encoder that timm's name stands for.
    init(
        openClipTrunk fields: inout ConfigurationFields, imageSize: Int, embeddingWidth: Int,
        trunk named: (_ name: String) -> VisionTransformerShape?
    ) throws(InferenceError) {
        let value = fields.take("timm_model_name") ?? .null
        guard case .string(let name) = value else { throw fields.refusal("timm_model_name", "is \(value), not a name") }
        // The trunk's name decides these.
        fields.ignore("layers", "width", "head_width", "mlp_ratio", "patch_size")
        if let trunk = ConvNeXtShape.Trunk.known[name] {
            self = .convNeXt(try ConvNeXtShape(openClip: &fields, trunk, imageSize: imageSize))
        } else if let trunk = named(name) {
            self = .transformer(
                try VisionTransformerShape(
                    openClip: &fields, trunk, imageSize: imageSize, embeddingWidth: embeddingWidth))
        } else {
            let known = ConvNeXtShape.Trunk.known.keys.sorted().joined(separator: ", ")
            throw fields.refusal(
                "timm_model_name",
                "is \(value), which is not implemented; known are \(known), and names like \(VisionTrunk.examples)")
        }
    }
}

extension VisionTransformerShape {
    fileprivate init(
        openClip fields: inout ConfigurationFields, _ trunk: VisionTransformerShape, imageSize: Int, embeddingWidth: Int
    ) throws(InferenceError) {
        self = trunk
        guard imageSize == trunk.imageSize else {
            throw fields.refusal("image_size", "is \(imageSize), but timm_model_name says \(trunk.imageSize)")
        }
        let pool = try fields.text("timm_pool", default: "avg")
        guard pool == trunk.timmPool else {
            throw fields.refusal(
                "timm_pool", "is \(pool.quoted); of this trunk only \(trunk.timmPool.quoted) is implemented")
        }
        switch fields.take("timm_proj") ?? .string("") {
        case .string("none"): projection = .none
        case .string(""): projection = .layer
        case let other:
            throw fields.refusal("timm_proj", "is \(other); of this trunk \"none\" and null are implemented")
        }
        guard projection != .none || transformer.width == embeddingWidth else {
            throw fields.refusal(
                "timm_proj",
                "is \"none\", but the trunk's width is \(transformer.width) and embed_dim \(embeddingWidth)")
        }
    }

    /// timm's name of its pooling.
    private var timmPool: String {
        switch pooling {
        case .classToken: "token"
        case .mean: "avg"
        case .latent: "map"
        }
    }
}

extension ConvNeXtShape {
    fileprivate init(
        openClip fields: inout ConfigurationFields, _ trunk: Trunk, imageSize: Int
    ) throws(InferenceError) {
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
    }
}
