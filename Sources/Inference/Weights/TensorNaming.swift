/// Where a library's files keep what a model is built from. The parts of a model ask for tensors by open_clip's names.
enum TensorNaming: Sendable {
    case openClip
    case transformers
    case timm

    /// What has to be read for one tensor.
    enum Source: Equatable {
        case tensor(String)
        /// Stored as `[b, a]` where `[a, b]` is asked for.
        case transposed(String)
        /// Stored apart, to be put together along the first axis in equal shares.
        case stacked([String])
        /// Stored below so many more extents of 1.
        case within(String, ones: Int)
    }

    /// Whether a tensor holds no weights: the causal mask and counters that older files carry along.
    func isBuffer(_ name: String) -> Bool {
        switch self {
        case .openClip: name == "attn_mask" || name.hasSuffix(".num_batches_tracked")
        case .transformers:
            name == "text_model.embeddings.position_ids" || name == "vision_model.embeddings.position_ids"
        // A classifier on top of the trunk.
        case .timm: name.hasPrefix("head.")
        }
    }

    func source(of name: String) -> Source {
        switch self {
        case .openClip: .tensor(name)
        case .transformers: Self.transformersSource(of: name)
        case .timm: Self.timmSource(of: name)
        }
    }

    private static let timmNames = [
        "visual.conv1": "patch_embed.proj", "visual.ln_pre": "norm_pre", "visual.ln_post": "norm",
    ]

    /// Of what lies within a block, by how it begins.
    private static let timmLayers = [
        ("ln_1.", "norm1."), ("ln_2.", "norm2."), ("attn.in_proj_", "attn.qkv."), ("attn.out_proj.", "attn.proj."),
        ("mlp.c_fc.", "mlp.fc1."), ("mlp.c_proj.", "mlp.fc2."),
    ]

    private static func timmSource(of name: String) -> Source {
        switch name {
        case "visual.class_embedding": return .within("cls_token", ones: 2)
        case "visual.positional_embedding": return .within("pos_embed", ones: 1)
        default: break
        }
        let blocks = "visual.transformer.resblocks."
        if name.hasPrefix(blocks) {
            let (number, inner) = split(name.dropFirst(blocks.count))
            for (own, other) in timmLayers where inner.hasPrefix(own) {
                return .tensor("blocks.\(number)." + other + inner.dropFirst(own.count))
            }
        }
        let layer = name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)
        return .tensor((timmNames[String(layer)] ?? String(layer)) + name.dropFirst(layer.count))
    }

    /// A block's number and what follows it.
    private static func split(_ rest: Substring) -> (number: Substring, inner: Substring) {
        let number = rest.prefix { $0 != "." }
        return (number, rest.dropFirst(number.count + 1))
    }

    /// Of the names that are no part of a block.
    private static let transformersNames = [
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
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
    ]

    /// Of the layers within a block.
    private static let transformersLayers = [
        "ln_1": "layer_norm1", "ln_2": "layer_norm2", "attn.out_proj": "self_attn.out_proj", "mlp.c_fc": "mlp.fc1",
        "mlp.c_proj": "mlp.fc2",
    ]

    private static func transformersSource(of name: String) -> Source {
        switch name {
        case "visual.proj": return .transposed("visual_projection.weight")
        case "text_projection": return .transposed("text_projection.weight")
        default: break
        }
        if let other = transformersNames[name] { return .tensor(other) }
        let (tower, rest): (String, Substring)
        if name.hasPrefix("visual.transformer.resblocks.") {
            (tower, rest) = ("vision_model", name.dropFirst("visual.transformer.resblocks.".count))
        } else if name.hasPrefix("transformer.resblocks.") {
            (tower, rest) = ("text_model", name.dropFirst("transformer.resblocks.".count))
        } else {
            return .tensor(name)
        }
        let (number, inner) = split(rest)
        let block = "\(tower).encoder.layers.\(number)."
        for kind in ["weight", "bias"] where inner == "attn.in_proj_\(kind)" {
            return .stacked(["q", "k", "v"].map { "\(block)self_attn.\($0)_proj.\(kind)" })
        }
        let layer = inner.prefix(upTo: inner.lastIndex(of: ".") ?? inner.endIndex)
        return .tensor(block + (transformersLayers[String(layer)] ?? String(layer)) + inner.dropFirst(layer.count))
    }
}
