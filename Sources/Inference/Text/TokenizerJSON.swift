/// The parts of a `tokenizer.json` that tell whether it is CLIP's tokenizer, and its vocabulary.
struct TokenizerJSON: Decodable {
    /// A normaliser or pre-tokenizer: one step or a sequence of them.
    struct Step: Decodable {
        struct Pattern: Decodable {
            let Regex: String?
            let String: String?
        }

        let type: String
        let content: String?
        let behavior: String?
        let invert: Bool?
        let normalizers: [Step]?
        let pretokenizers: [Step]?
        let pattern: Pattern?
        let addPrefixSpace: Bool?
        let usesRegex: Bool?

        enum CodingKeys: String, CodingKey {
            case type, content, behavior, invert, normalizers, pretokenizers, pattern
            case addPrefixSpace = "add_prefix_space"
            case usesRegex = "use_regex"
        }

        /// The steps one after another, sequences resolved.
        var flattened: [Step] {
            (normalizers ?? pretokenizers)?.flatMap(\.flattened) ?? [self]
        }
    }

    struct Added: Decodable {
        let id: Double
        let content: String
        let isSingleWord: Bool?
        let stripsLeft: Bool?
        let stripsRight: Bool?
        let isNormalized: Bool?

        enum CodingKeys: String, CodingKey {
            case id, content
            case isSingleWord = "single_word"
            case stripsLeft = "lstrip"
            case stripsRight = "rstrip"
            case isNormalized = "normalized"
        }
    }

    /// A merge is written "a b" or, since tokenizers 0.20, ["a", "b"].
    struct Merge: Decodable {
        let parts: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let line = try? container.decode(String.self) {
                parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            } else {
                parts = try container.decode([String].self)
            }
        }
    }

    /// What every kind of model states; the rest is only decoded for the kind that is read here.
    struct Kind: Decodable {
        struct Model: Decodable {
            let type: String?
        }

        let model: Model
    }

    struct Model: Decodable {
        let vocab: [String: Double]
        let merges: [Merge]
        let endOfWordSuffix: String?
        let continuingSubwordPrefix: String?
        let dropout: Double?
        let ignoresMerges: Bool?

        enum CodingKeys: String, CodingKey {
            case vocab, merges, dropout
            case ignoresMerges = "ignore_merges"
            case endOfWordSuffix = "end_of_word_suffix"
            case continuingSubwordPrefix = "continuing_subword_prefix"
        }
    }

    let model: Model
    let normalizer: Step?
    let preTokenizer: Step?
    let addedTokens: [Added]?

    enum CodingKeys: String, CodingKey {
        case model, normalizer
        case preTokenizer = "pre_tokenizer"
        case addedTokens = "added_tokens"
    }
}

extension TokenizerJSON {
    private static let words = #"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#
    /// The pattern as published with and without the special tokens, which are found either way.
    private static let patterns = [words, #"<\|startoftext\|>|<\|endoftext\|>|"# + words]

    private static func refusal(_ path: String, _ what: String) -> InferenceError {
        InferenceError(.tokenizer, "\(path): \(what) is not read here; CLIP's byte-pair tokenizer is needed")
    }

    /// Reads the file at `path`, refusing every kind of tokenizer but CLIP's.
    static func read(path: String) throws(InferenceError) -> TokenizerJSON {
        func refuse(_ what: String) -> InferenceError { refusal(path, what) }
        let kind = try JSONFile.read(Kind.self, path: path, code: .tokenizer).model.type
        guard kind == "BPE" else { throw refuse("model.type \(Vocabulary.quoted(kind ?? "null"))") }
        let file = try JSONFile.read(TokenizerJSON.self, path: path, code: .tokenizer)
        guard file.model.endOfWordSuffix == Vocabulary.endOfWord else {
            throw refuse(
                "a byte-level vocabulary of GPT-2's kind (model.end_of_word_suffix"
                    + " \(Vocabulary.quoted(file.model.endOfWordSuffix ?? "null")) instead of \"\(Vocabulary.endOfWord)\")"
            )
        }
        if let prefix = file.model.continuingSubwordPrefix, !prefix.isEmpty {
            throw refuse("model.continuing_subword_prefix \(Vocabulary.quoted(prefix))")
        }
        guard let normalizer = file.normalizer, normalizer.flattened.contains(where: { $0.type == "Lowercase" }) else {
            throw refuse("a normalizer without Lowercase")
        }
        let steps = file.preTokenizer?.flattened ?? []
        guard steps.map(\.type) == ["Split", "ByteLevel"], steps[1].addPrefixSpace != true else {
            throw refuse("a pre_tokenizer other than Split and ByteLevel without a prefix space")
        }
        guard let pattern = steps[0].pattern?.Regex, patterns.contains(pattern) else {
            throw refuse("the pattern of pre_tokenizer's Split")
        }
        return file
    }

    /// As open_clip would have it, which knows no added tokens but the special ones: the others only have ids.
    static func vocabulary(path: String, name: String, size: Int?) throws(InferenceError) -> Vocabulary {
        let file = try read(path: path)
        var ids = file.model.vocab
        for added in file.addedTokens ?? [] {
            if let id = ids.updateValue(added.id, forKey: added.content), id != added.id {
                throw InferenceError(
                    .tokenizer,
                    "\(path): token \(Vocabulary.quoted(added.content)) has another id in"
                        + " model.vocab than in added_tokens; one of them must be mended")
            }
        }
        return try Vocabulary(
            ids: ids, merges: file.merges(path: path), files: [name], tokensFile: path, mergesFile: path, size: size)
    }

    func merges(path: String) throws(InferenceError) -> [(left: String, right: String)] {
        try Self.merges(model.merges, path: path)
    }

    static func merges(_ merges: [Merge], path: String) throws(InferenceError) -> [(left: String, right: String)] {
        try merges.enumerated().map { (index, merge) throws(InferenceError) in
            guard merge.parts.count == 2 else {
                throw InferenceError(
                    .tokenizer,
                    "\(path), model.merges[\(index)]: \(Vocabulary.quoted(merge.parts.joined(separator: " "))) is no"
                        + " merge; a merge is two tokens")
            }
            return (left: merge.parts[0], right: merge.parts[1])
        }
    }
}

extension TokenizerJSON {
    /// What the file does to a text before words are cut from it.
    ///
    /// - Throws: `InferenceError` of code `tokenizer` that names the step that is not implemented.
    func textNormalizer(path: String) throws(InferenceError) -> TextNormalizer {
        let steps = normalizer?.flattened ?? []
        return TextNormalizer(
            steps: try steps.map { (step) throws(InferenceError) in
                switch (step.type, step.pattern?.Regex, step.content) {
                case ("NFC", _, _): return .compose
                case ("Lowercase", _, _): return .lowercase
                case ("Replace", "\\s+", " "): return .collapseSpace
                default:
                    throw Self.refusal(
                        path,
                        "the normalizer \(Vocabulary.quoted(step.type)) (known are NFC, Lowercase, and Replace of \\s+ by a space)"
                    )
                }
            })
    }

    /// Whether the pattern cuts special tokens off from what adjoins them.
    ///
    /// - Throws: `InferenceError` of code `tokenizer` for what would give other words or pieces than are cut here.
    func cutsSpecials(path: String) throws(InferenceError) -> Bool {
        let steps = preTokenizer?.flattened ?? []
        guard steps.count == 2, steps[0].behavior ?? "Removed" == "Removed", steps[0].invert ?? true,
            steps[1].usesRegex ?? true
        else {
            throw Self.refusal(
                path, "a pre_tokenizer whose Split is not inverted and Removed, or whose ByteLevel has no use_regex,")
        }
        if let dropout = model.dropout, dropout != 0 { throw Self.refusal(path, "model.dropout \(dropout)") }
        if model.ignoresMerges == true { throw Self.refusal(path, "model.ignore_merges") }
        return steps[0].pattern?.Regex == Self.patterns[1]
    }

    /// The tokens that it lists beside its vocabulary.
    func listedTokens(path: String) throws(InferenceError) -> [AddedToken] {
        try Self.tokens(addedTokens ?? [], path: path)
    }

    static func tokens(_ added: [Added], path: String) throws(InferenceError) -> [AddedToken] {
        try added.map { (added) throws(InferenceError) in
            guard let id = Int32(exactly: added.id), id >= 0 else {
                throw InferenceError(
                    .tokenizer, "\(path): the added token \(added.content.quoted) has the id \(added.id), which is none"
                )
            }
            return AddedToken(
                content: added.content, id: id, isSingleWord: added.isSingleWord ?? false,
                stripsLeft: added.stripsLeft ?? false, stripsRight: added.stripsRight ?? false,
                isNormalized: added.isNormalized ?? true)
        }
    }
}
