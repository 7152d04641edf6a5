extension TokenFrame {
    /// What the files of a model directory say of what surrounds a text.
    ///
    /// - Parameters:
    ///   - ids: all tokens'.
    ///   - configuration: `tokenizer_config.json`, nil where there is none.
    ///   - map: `special_tokens_map.json`, likewise; not looked at where the former lists the added tokens.
    init(
        _ file: TokenizerFile, ids: [String: Int32], configuration: ConfigurationValue?, map: ConfigurationValue?,
        directory: String
    ) throws(InferenceError) {
        let fields = Self.members(configuration)
        let others = fields["added_tokens_decoder"] == nil ? Self.members(map) : [:]
        func id(_ name: String) throws(InferenceError) -> Int32? {
            guard let token = Self.content(others[name]) ?? Self.content(fields[name]) else { return nil }
            guard let id = ids[token] else {
                throw InferenceError(
                    .tokenizer,
                    "\(directory)/tokenizer_config.json: \(name) \(token.quoted) is not in tokenizer.json; name one of its tokens"
                )
            }
            return id
        }
        func flag(_ name: String) -> Bool? { if case .boolean(let value)? = fields[name] { value } else { nil } }
        let (adds, ends) = (flag("add_bos_token"), flag("add_eos_token"))
        if adds != nil || ends != nil || file.frame == nil {
            opening = adds == true ? [try id("bos_token")].compactMap { $0 } : []
            closing = ends == true ? [try id("eos_token")].compactMap { $0 } : []
        } else {
            (opening, closing) = file.frame ?? ([], [])
        }
        for id in opening + closing where !ids.values.contains(id) {
            throw InferenceError(
                .tokenizer,
                "\(file.path): post_processor has the id \(id), which no token has; both must come from the same model")
        }
        guard let pad = try id("pad_token") else {
            throw InferenceError(
                .tokenizer,
                "\(directory) names no pad_token, in tokenizer_config.json or special_tokens_map.json; rows can't be filled up without"
            )
        }
        padID = pad
        separatorID = try id("sep_token")
        let isGemma = Self.content(fields["tokenizer_class"]).map { $0.hasPrefix("Gemma") || $0.hasPrefix("Siglip2") }
        padsLeft = Self.content(fields["padding_side"]).map { $0 == "left" } ?? isGemma ?? false
    }

    private static func members(_ value: ConfigurationValue?) -> [String: ConfigurationValue] {
        if case .object(let members)? = value { members } else { [:] }
    }

    /// A token is written as a string or as an object with its `content`.
    private static func content(_ value: ConfigurationValue?) -> String? {
        switch value {
        case .string(let text)?: text
        case .object(let fields)?: if case .string(let text)? = fields["content"] { text } else { nil }
        default: nil
        }
    }
}
