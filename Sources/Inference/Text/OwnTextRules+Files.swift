import Foundation

extension OwnTextRules {
    static let addedTokensName = "added_tokens.json"

    /// Gathers what the files of a model directory say of added tokens.
    ///
    /// First those of `tokenizer.json`; then those of `tokenizer_config.json`, or where it lists none of `added_tokens.json`;
    /// then special tokens that the configuration names. What is listed already stays as it is, as in the library.
    ///
    /// - Parameters:
    ///   - listed: of `tokenizer.json`.
    ///   - ids: the vocabulary's; what is added gets its id there.
    ///   - others: `tokenizer_config.json` and `special_tokens_map.json`, nil where there is none.
    static func gather(
        _ listed: [AddedToken], ids: inout [String: Double], directory: String,
        configuration: ConfigurationValue?, map: ConfigurationValue?
    ) throws(InferenceError) -> [AddedToken] {
        var result: [AddedToken] = []
        var next = ids.count
        func add(_ token: AddedToken, _ file: String) throws(InferenceError) {
            func refusal(_ why: String) -> InferenceError {
                InferenceError(.tokenizer, "\(directory)/\(file): the added token \(token.content.quoted) \(why)")
            }
            if result.contains(where: { $0.content == token.content }) {
                guard result.contains(where: { $0.content == token.content && $0.id == token.id }) else {
                    throw refusal("has another id, \(token.id), than in another file; one of them must be mended")
                }
                return
            }
            guard token.content.unicodeScalars.count <= AddedTokens.longest else {
                throw refusal("has more than \(AddedTokens.longest) characters; shorten it")
            }
            if let known = ids[token.content] {
                guard known == Double(token.id) else {
                    throw refusal(
                        "has the id \(token.id), but \(Int(exactly: known) ?? -1) in the vocabulary; one must be mended"
                    )
                }
            } else {
                guard Int(token.id) == next else {
                    throw refusal("has the id \(token.id), where the library counts on to \(next); number it so")
                }
                ids[token.content] = Double(next)
                next += 1
            }
            result.append(token)
        }
        for token in listed { try add(token, "tokenizer.json") }
        let fields = Self.members(configuration)
        if let decoder = fields["added_tokens_decoder"] {
            for token in try decoded(decoder, "\(directory)/tokenizer_config.json") {
                try add(token, "tokenizer_config.json")
            }
        } else if FileManager.default.fileExists(atPath: "\(directory)/\(addedTokensName)") {
            let file = "\(directory)/\(addedTokensName)"
            let added = try JSONFile.read([String: Int32].self, path: file, code: .tokenizer)
            for (content, id) in added.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
                try add(AddedToken(content: content, id: id), addedTokensName)
            }
        }
        // A tokenizer_config.json of the newer kind lists the added tokens, and then the map is not looked at.
        var named = [("tokenizer_config.json", fields)]
        if fields["added_tokens_decoder"] == nil { named.append(("special_tokens_map.json", Self.members(map))) }
        for (file, fields) in named {
            for value in specials(fields) {
                guard let content = content(value), !result.contains(where: { $0.content == content }) else { continue }
                guard let id = ids[content].flatMap({ Int32(exactly: $0) }) else {
                    throw InferenceError(
                        .tokenizer,
                        "\(directory)/\(file): the special token \(Vocabulary.quoted(content)) is not in the vocabulary; list it"
                            + " with its id among the added tokens, or name a token of the vocabulary")
                }
                try add(token(content, id, value, isNormalized: false), file)
            }
        }
        // The library's own defaults, which it adds like any other.
        for content in [Vocabulary.startToken, Vocabulary.endToken] {
            guard !result.contains(where: { $0.content == content }),
                let id = ids[content].flatMap({ Int32(exactly: $0) })
            else { continue }
            result.append(AddedToken(content: content, id: id, isNormalized: false))
        }
        return result
    }

    private static func members(_ value: ConfigurationValue?) -> [String: ConfigurationValue] {
        if case .object(let members)? = value { members } else { [:] }
    }

    /// Everything that a configuration names as a special token, in an order of its own.
    private static func specials(_ fields: [String: ConfigurationValue]) -> [ConfigurationValue] {
        var found = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"].compactMap { fields["\($0)_token"] }
        for name in ["additional_special_tokens", "extra_special_tokens"] {
            switch fields[name] {
            case .array(let values)?: found += values
            case .object(let values)?: found += values.sorted { $0.key < $1.key }.map(\.value)
            default: break
            }
        }
        return found
    }

    private static func content(_ value: ConfigurationValue) -> String? {
        switch value {
        case .string(let text): text
        case .object(let fields): if case .string(let text)? = fields["content"] { text } else { nil }
        default: nil
        }
    }

    private static func token(
        _ content: String, _ id: Int32, _ value: ConfigurationValue, isNormalized: Bool
    ) -> AddedToken {
        let fields = members(value)
        func flag(_ name: String) -> Bool? { if case .boolean(let flag)? = fields[name] { flag } else { nil } }
        return AddedToken(
            content: content, id: id, isSingleWord: flag("single_word") ?? false, stripsLeft: flag("lstrip") ?? false,
            stripsRight: flag("rstrip") ?? false, isNormalized: flag("normalized") ?? isNormalized)
    }

    /// `{"522": {"content": "…", "lstrip": false, …}, …}`, by ascending id.
    private static func decoded(_ decoder: ConfigurationValue, _ file: String) throws(InferenceError) -> [AddedToken] {
        var tokens: [AddedToken] = []
        for (key, value) in members(decoder) {
            guard let id = Int32(key), id >= 0, let content = content(value) else {
                throw InferenceError(
                    .tokenizer,
                    "\(file): added_tokens_decoder.\(key.quoted) needs an id for a name and an object with `content`")
            }
            let isSpecial = members(value)["special"] == .boolean(true)
            tokens.append(token(content, id, value, isNormalized: !isSpecial))
        }
        return tokens.sorted { $0.id < $1.id }
    }
}
