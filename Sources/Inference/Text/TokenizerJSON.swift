/// The parts of a `tokenizer.json` that tell whether it is CLIP's tokenizer, and its vocabulary.
struct TokenizerJSON: Decodable {
    /// A normaliser or pre-tokenizer: one step or a sequence of them.
    struct Step: Decodable {
        struct Pattern: Decodable {
            let Regex: String?
        }

        let type: String
        let normalizers: [Step]?
        let pretokenizers: [Step]?
        let pattern: Pattern?
        let addPrefixSpace: Bool?

        enum CodingKeys: String, CodingKey {
            case type, normalizers, pretokenizers, pattern
            case addPrefixSpace = "add_prefix_space"
        }

        /// The steps one after another, sequences resolved.
        var flattened: [Step] {
            (normalizers ?? pretokenizers)?.flatMap(\.flattened) ?? [self]
        }
    }

    struct AddedToken: Decodable {
        let id: Double
        let content: String
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

        enum CodingKeys: String, CodingKey {
            case vocab, merges
            case endOfWordSuffix = "end_of_word_suffix"
            case continuingSubwordPrefix = "continuing_subword_prefix"
        }
    }

    let model: Model
    let normalizer: Step?
    let preTokenizer: Step?
    let addedTokens: [AddedToken]?

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

    /// Reads the file at `path`, refusing every kind of tokenizer but CLIP's.
    static func vocabulary(path: String, name: String, size: Int?) throws(InferenceError) -> Vocabulary {
        func refuse(_ what: String) -> InferenceError {
            InferenceError(.tokenizer, "\(path): \(what) is not read here; CLIP's byte-pair tokenizer is needed")
        }
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
        return try file.vocabulary(path: path, name: name, size: size)
    }

    private func vocabulary(path: String, name: String, size: Int?) throws(InferenceError) -> Vocabulary {
        var ids = model.vocab
        for added in addedTokens ?? [] {
            if let id = ids.updateValue(added.id, forKey: added.content), id != added.id {
                throw InferenceError(
                    .tokenizer,
                    "\(path): token \(Vocabulary.quoted(added.content)) has another id in"
                        + " model.vocab than in added_tokens; one of them must be mended")
            }
        }
        let merges = try model.merges.enumerated().map { (index, merge) throws(InferenceError) in
            guard merge.parts.count == 2 else {
                throw InferenceError(
                    .tokenizer,
                    "\(path), model.merges[\(index)]: \(Vocabulary.quoted(merge.parts.joined(separator: " "))) is no"
                        + " merge; a merge is two tokens")
            }
            return (left: merge.parts[0], right: merge.parts[1])
        }
        return try Vocabulary(
            ids: ids, merges: merges, files: [name], tokensFile: path, mergesFile: path, size: size)
    }
}
