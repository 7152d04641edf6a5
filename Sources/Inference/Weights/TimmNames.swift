/// What a vision transformer of timm's calls its tensors.
enum TimmNames {
    /// How a block keeps the layer that makes queries, keys and values.
    enum Projections: Sendable, Hashable {
        case joint
        /// One layer whose keys have no bias; the others' stand apart.
        case jointWithoutKeyBias
        /// A layer each, that of keys without a bias.
        case apart
    }

    private static let layers = [
        "visual.conv1": "patch_embed.proj", "visual.ln_pre": "norm_pre", "visual.ln_post": "norm",
    ]

    /// Of what lies within a block, by how it begins.
    private static let blockLayers = [
        ("ln_1.", "norm1."), ("ln_2.", "norm2."), ("attn.in_proj_", "attn.qkv."), ("attn.out_proj.", "attn.proj."),
        ("mlp.c_fc.", "mlp.fc1."), ("mlp.c_proj.", "mlp.fc2."),
        ("mlp.gate.", "mlp.fc1_g."), ("attn.norm.", "attn.norm."), ("mlp.norm.", "mlp.norm."),
    ]

    static func source(of name: String, _ projections: Projections) -> TensorNaming.Source {
        switch name {
        case "visual.class_embedding": return .within("cls_token", ones: 2)
        case "visual.positional_embedding": return .within("pos_embed", ones: 1)
        default: break
        }
        let blocks = "visual.transformer.resblocks."
        if name.hasPrefix(blocks) {
            let (number, inner) = TensorNaming.split(name.dropFirst(blocks.count))
            if let source = source(of: inner, projections, below: "blocks.\(number).") { return source }
            for (own, other) in blockLayers where inner.hasPrefix(own) {
                return .tensor("blocks.\(number)." + other + inner.dropFirst(own.count))
            }
        }
        let stages = "visual.conv1.stages."
        if name.hasPrefix(stages) { return .tensor("patch_embed.backbone." + name.dropFirst(stages.count)) }
        let layer = name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)
        if let other = layers[String(layer)] { return .tensor(other + name.dropFirst(layer.count)) }
        // `head` and `attn_pool` are timm's own names.
        return .tensor(String(name.dropFirst("visual.".count)))
    }

    /// Of what the kinds of ``Projections`` keep otherwise than by another name.
    private static func source(
        of inner: Substring, _ projections: Projections, below block: String
    ) -> TensorNaming.Source? {
        switch (projections, inner) {
        case (.jointWithoutKeyBias, "attn.in_proj_bias"):
            .stacked([block + "attn.q_bias", nil, block + "attn.v_bias"])
        case (.apart, "attn.in_proj_weight"): .stacked(["q", "k", "v"].map { "\(block)attn.\($0)_proj.weight" })
        case (.apart, "attn.in_proj_bias"):
            .stacked([block + "attn.q_proj.bias", nil, block + "attn.v_proj.bias"])
        case (.apart, "mlp.c_fc.weight"), (.apart, "mlp.c_fc.bias"):
            .tensor(block + "mlp.fc1_x" + inner.dropFirst("mlp.c_fc".count))
        default: nil
        }
    }
}
