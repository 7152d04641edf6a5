import Foundation

/// What a folder in the layout of sentence-transformers says of its encoder (docs/descriptors.md §6). What is not a BERT whose last
/// rows are averaged is refused by name.
struct SentenceConfiguration {
    let transformer: TransformerShape
    let vocabularySize: Int
    let positions: Int
    let types: Int
    /// Tokens of a sentence at most, the special ones among them.
    let longest: Int

    /// - Throws: ``InferenceError`` naming file and field.
    init(directory: String) throws(InferenceError) {
        func path(_ name: String) -> String { "\(directory)/\(name)" }
        func optional(_ name: String) throws(InferenceError) -> ConfigurationValue? {
            guard FileManager.default.fileExists(atPath: path(name)) else { return nil }
            return try ConfigurationValue(file: path(name))
        }
        let file = path("config.json")
        var fields = try ConfigurationFields(ConfigurationValue(file: file), at: "config", in: file)
        let kind = try fields.text("model_type", default: "")
        guard kind == "bert" else {
            throw fields.refusal("model_type", "is \(kind.quoted); sentence encoders of type bert are read")
        }
        let width = try fields.integer("hidden_size", default: 768, in: 1...65536)
        let heads = try fields.integer("num_attention_heads", default: 12, in: 1...width)
        guard width.isMultiple(of: heads) else {
            throw fields.refusal("num_attention_heads", "is \(heads), and hidden_size \(width) is no multiple of it")
        }
        var shape = TransformerShape(
            width: width, layers: try fields.integer("num_hidden_layers", default: 12, in: 1...1000), heads: heads,
            mlpWidth: try fields.integer("intermediate_size", default: 3072, in: 1...1_000_000))
        shape.epsilon = Float(try fields.ratio("layer_norm_eps", default: 1e-12))
        transformer = shape
        vocabularySize = try fields.integer("vocab_size", default: 30522, in: 1...10_000_000)
        positions = try fields.integer("max_position_embeddings", default: 512, in: 3...1_000_000)
        types = try fields.integer("type_vocab_size", default: 2, in: 1...1000)
        try fields.require("hidden_act", toBe: .string("gelu"))
        try fields.require("position_embedding_type", toBe: .string("absolute"), .null)
        try fields.require("is_decoder", "add_cross_attention", "is_encoder_decoder", toBe: .boolean(false))
        fields.ignore(
            "_name_or_path", "architectures", "chunk_size_feed_forward", "output_attentions", "output_hidden_states",
            "problem_type", "return_dict", "attention_probs_dropout_prob", "bos_token_id", "classifier_dropout",
            "dtype",
            "eos_token_id", "gradient_checkpointing", "hidden_dropout_prob", "id2label", "initializer_range",
            "label2id",
            "pad_token_id", "tie_word_embeddings", "torch_dtype", "transformers_version", "use_cache")
        try fields.refuseRest()

        var longest = positions
        if let settings = try optional("sentence_bert_config.json") {
            var fields = try ConfigurationFields(settings, at: "settings", in: path("sentence_bert_config.json"))
            if fields.holds("max_seq_length") { longest = try fields.integer("max_seq_length", in: 3...positions) }
            // The tokenizer's own files say whether it does.
            try fields.require("do_lower_case", toBe: .boolean(false))
            try fields.refuseRest()
        }
        self.longest = longest
        if let modules = try optional("modules.json") { try Self.check(modules, file: path("modules.json")) }
        let poolingFile = Self.pooling + "/config.json"
        if let pooling = try optional(poolingFile) { try Self.check(pooling: pooling, file: path(poolingFile)) }
    }

    private static let pooling = "1_Pooling"

    /// An encoder, the mean of its rows, and at most the length brought to 1, which changes no cosine.
    private static func check(_ modules: ConfigurationValue, file: String) throws(InferenceError) {
        guard case .array(let list) = modules else {
            throw InferenceError(.modelConfiguration, "\(file): it is no list of modules")
        }
        for (place, module) in list.enumerated() {
            var fields = try ConfigurationFields(module, at: "modules[\(place)]", in: file)
            let type = try fields.text("type", default: "")
            let name = type.split(separator: ".").last.map(String.init) ?? ""
            guard ["Transformer", "Pooling", "Normalize"].contains(name) else {
                throw fields.refusal("type", "is \(type.quoted); Transformer, Pooling and Normalize are read")
            }
            // Of the encoder the folder itself, as everywhere.
            if name == "Pooling" { try fields.require("path", toBe: .string(pooling)) }
        }
    }

    private static func check(pooling: ConfigurationValue, file: String) throws(InferenceError) {
        var fields = try ConfigurationFields(pooling, at: "pooling", in: file)
        // Newer files name the mode, older ones have a flag for each.
        let mode = try fields.text("pooling_mode", default: "mean")
        guard mode == "mean" else {
            throw fields.refusal("pooling_mode", "is \(mode.quoted); the mean over tokens is implemented")
        }
        try fields.require("pooling_mode_mean_tokens", toBe: .boolean(true))
        try fields.require(
            "pooling_mode_cls_token", "pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens",
            "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken", toBe: .boolean(false))
        fields.ignore("word_embedding_dimension", "embedding_dimension", "include_prompt")
        try fields.refuseRest()
    }
}
