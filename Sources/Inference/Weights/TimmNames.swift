/// What a vision transformer of timm's calls its tensors.
enum TimmNames {
    private static let layers = [
        "visual.conv1": "patch_embed.proj", "visual.ln_pre": "norm_pre", "visual.ln_post": "norm",
    ]

    /// Of what lies within a block, by how it begins.
    private static let blockLayers = [
        ("ln_1.", "norm1."), ("ln_2.", "norm2."), ("attn.in_proj_", "attn.qkv."), ("attn.out_proj.", "attn.proj."),
        ("mlp.c_fc.", "mlp.fc1."), ("mlp.c_proj.", "mlp.fc2."),
    ]

    static func source(of name: String) -> TensorNaming.Source {
        switch name {
        case "visual.class_embedding": return .within("cls_token", ones: 2)
        case "visual.positional_embedding": return .within("pos_embed", ones: 1)
        default: break
        }
        let blocks = "visual.transformer.resblocks."
        if name.hasPrefix(blocks) {
            let (number, inner) = TensorNaming.split(name.dropFirst(blocks.count))
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
}
