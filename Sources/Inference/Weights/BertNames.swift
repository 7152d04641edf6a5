/// What transformers' `BertModel` calls its tensors. Of a block, `ln_1` is the norm behind attention, `ln_2` that behind the perceptron.
enum BertNames {
    private static let names = [
        "token_embedding.weight": "embeddings.word_embeddings.weight",
        "positional_embedding": "embeddings.position_embeddings.weight",
        "type_embedding": "embeddings.token_type_embeddings.weight",
        "ln_pre.weight": "embeddings.LayerNorm.weight",
        "ln_pre.bias": "embeddings.LayerNorm.bias",
    ]

    /// Of the layers within a block.
    private static let blockLayers = [
        "ln_1": "attention.output.LayerNorm", "ln_2": "output.LayerNorm", "attn.out_proj": "attention.output.dense",
        "mlp.c_fc": "intermediate.dense", "mlp.c_proj": "output.dense",
    ]

    private static let blocks = "transformer.resblocks."

    static func source(of name: String) -> TensorNaming.Source {
        if let other = names[name] { return .tensor(other) }
        guard name.hasPrefix(blocks) else { return .tensor(name) }
        let (number, inner) = TensorNaming.split(name.dropFirst(blocks.count))
        let layer = "encoder.layer.\(number)."
        if inner.hasPrefix("attn.in_proj_") {
            let kind = inner.dropFirst("attn.in_proj_".count)
            return .stacked(["query", "key", "value"].map { "\(layer)attention.self.\($0).\(kind)" })
        }
        for (own, stored) in blockLayers where inner.hasPrefix(own + ".") {
            return .tensor("\(layer)\(stored)\(inner.dropFirst(own.count))")
        }
        return .tensor("\(layer)\(inner)")
    }

    /// The positions' numbers, the pooler of a classifier, and heads beside the model proper: no sentence embedding sees them.
    static func isBuffer(_ name: String, prefix: String) -> Bool {
        let own = name.dropFirst(prefix.count)
        return !name.hasPrefix(prefix) || own == "embeddings.position_ids" || own.hasPrefix("pooler.")
    }
}
