/// What transformers' `CLIPModel` and `SiglipModel` call their tensors.
enum TransformersNames {
    /// Of the names that are no part of a block.
    private static let names = [
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "visual.conv1.bias": "vision_model.embeddings.patch_embedding.bias",
        "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
        // The library's own spelling.
        "visual.ln_pre.weight": "vision_model.pre_layrnorm.weight",
        "visual.ln_pre.bias": "vision_model.pre_layrnorm.bias",
        "visual.ln_post.weight": "vision_model.post_layernorm.weight",
        "visual.ln_post.bias": "vision_model.post_layernorm.bias",
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "ln_final.weight": "text_model.final_layer_norm.weight",
        "ln_final.bias": "text_model.final_layer_norm.bias",
        "text_projection.weight": "text_model.head.weight",
        "text_projection.bias": "text_model.head.bias",
        "visual.attn_pool.latent": "vision_model.head.probe",
    ]

    /// Of the layers within a block.
    private static let blockLayers = [
        "ln_1": "layer_norm1", "ln_2": "layer_norm2", "attn.out_proj": "self_attn.out_proj", "mlp.c_fc": "mlp.fc1",
        "mlp.c_proj": "mlp.fc2",
    ]

    /// Of the layers within a pool.
    private static let poolLayers = ["proj": "attention.out_proj", "norm": "layernorm"]

    static func source(of name: String) -> TensorNaming.Source {
        switch name {
        case "visual.proj": return .transposed("visual_projection.weight")
        case "text_projection": return .transposed("text_projection.weight")
        default: break
        }
        if let other = names[name] { return .tensor(other) }
        let pool = "visual.attn_pool."
        if name.hasPrefix(pool) { return poolSource(of: name.dropFirst(pool.count)) }
        let (tower, rest): (String, Substring)
        if name.hasPrefix("visual.transformer.resblocks.") {
            (tower, rest) = ("vision_model", name.dropFirst("visual.transformer.resblocks.".count))
        } else if name.hasPrefix("transformer.resblocks.") {
            (tower, rest) = ("text_model", name.dropFirst("transformer.resblocks.".count))
        } else {
            return .tensor(name)
        }
        let (number, inner) = TensorNaming.split(rest)
        let block = "\(tower).encoder.layers.\(number)."
        for kind in ["weight", "bias"] where inner == "attn.in_proj_\(kind)" {
            return .stacked(["q", "k", "v"].map { "\(block)self_attn.\($0)_proj.\(kind)" })
        }
        let (layer, kind) = layerAndKind(inner)
        return .tensor(block + (blockLayers[layer] ?? layer) + kind)
    }

    /// Queries, keys and values of the pool are one tensor here.
    private static func poolSource(of name: Substring) -> TensorNaming.Source {
        let (layer, kind) = layerAndKind(name)
        for (own, range) in [("q", 0..<1), ("kv", 1..<3)] where layer == own {
            return .share("vision_model.head.attention.in_proj_\(kind.dropFirst())", range, of: 3)
        }
        return .tensor("vision_model.head." + (poolLayers[layer] ?? layer) + kind)
    }

    private static func layerAndKind(_ name: Substring) -> (layer: String, kind: Substring) {
        let layer = name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)
        return (String(layer), name.dropFirst(layer.count))
    }
}
