extension ModelConfiguration.Text {
    init(
        openClip source: ConfigurationFields, _ activation: Activation, embeddingWidth: Int
    ) throws(InferenceError) {
        var fields = source
        try fields.require("hf_model_name", toBe: .null, .string(""))
        contextLength = try fields.integer("context_length", default: 77, in: 1...8192)
        vocabularySize = try fields.integer("vocab_size", default: 49408, in: 1...4_194_304)
        let width = try fields.integer("width", default: 512, in: 1...16384)
        let heads = try fields.integer("heads", default: 8, in: 1...16384)
        guard width % heads == 0 else {
            throw fields.refusal("heads", "is \(heads), which does not divide the width \(width)")
        }
        transformer = try TransformerShape(openClip: &fields, width: width, heads: heads, activation)
        isCausal = try !fields.boolean("no_causal_mask", default: false)
        let end = try fields.integer("eos_id", default: 2, in: 0...Int(Int32.max))
        switch try fields.text("pool_type", default: "argmax") {
        case "argmax": pooling = .highestID
        case "last": pooling = .last
        case "first": pooling = .first
        case "eos": pooling = .firstToken(Int32(end))
        case let other:
            throw fields.refusal("pool_type", "is \(other.quoted); argmax, last, first and eos are implemented")
        }
        let hasBias = try fields.boolean("proj_bias", default: false)
        switch try fields.text("proj_type", default: "linear") {
        case "linear": projection = hasBias ? .layer : .matrix
        case "none": projection = .none
        case let other: throw fields.refusal("proj_type", "is \(other.quoted); linear and none are implemented")
        }
        guard projection != .none || width == embeddingWidth else {
            throw fields.refusal(
                "width", "is \(width), but without a projection it has to be embed_dim, \(embeddingWidth)")
        }
        tokenizer = try fields.tokenizer(contextLength: contextLength)

        if try fields.boolean("embed_cls", default: false) {
            guard isCausal else {
                throw fields.refusal("no_causal_mask", "is true, which is not implemented together with embed_cls")
            }
            // Whatever pool_type says.
            learntRowBehind = Int32(try fields.integer("pad_id", default: 0, in: 0...Int(Int32.max)))
        } else {
            // Nothing looks for padding.
            fields.ignore("pad_id")
        }
        fields.ignore("hf_model_pretrained", "hf_proj_type", "hf_pooler_type")
        try fields.require("final_ln_after_pool", "output_tokens", toBe: .boolean(false))
        try fields.refuseRest()
    }
}

extension ConfigurationFields {
    /// Which tokenizer, and what open_clip hands to it: spelled-out defaults change nothing, and little else is implemented.
    fileprivate mutating func tokenizer(contextLength: Int) throws(InferenceError) -> TokenizerKind {
        try require("tokenizer_mode", toBe: .null, .string(""))
        let isFile = isNamed("hf_tokenizer_name")
        // The file is looked for beside the model, wherever the name says that it comes from.
        ignore("hf_tokenizer_name")
        var cleaning = isFile ? TokenizerKind.Cleaning.whitespace : .lower
        guard let value = take("tokenizer_kwargs") else { return isFile ? .file(cleaning) : .clip }
        guard case .object(let given) = value else { throw refusal("tokenizer_kwargs", "is \(value), not an object") }
        var defaults: [String: [ConfigurationValue]] = [
            "clean": [.string("lower")], "additional_special_tokens": [.null, .array([])],
            "reduction_mask": [.null, .string("")], "context_length": [.null, .integer(contextLength)],
        ]
        if isFile {
            defaults = [
                "context_length": [.null, .integer(contextLength)], "strip_sep_token": [.null, .boolean(false)],
                "language": [.null],
            ]
        }
        let blanks = isFile && given["strip_sep_token"] == .boolean(true)
        for (key, value) in given.sorted(by: { $0.key < $1.key }) where !(blanks && key == "strip_sep_token") {
            if isFile, key == "clean", case .string(let name) = value,
                let known = TokenizerKind.Cleaning(rawValue: name), known != .ownClass, known != .asIs
            {
                cleaning = known
                continue
            }
            guard let neutral = defaults[key], neutral.contains(value) else {
                throw refusal("tokenizer_kwargs.\(key)", "is \(value), which is not implemented; leave it out")
            }
        }
        return isFile ? .file(cleaning, blanksSeparators: blanks) : .clip
    }
}
