import Foundation

/// A `tokenizer.json` of the `tokenizers` library, read as far as it has nothing that is not implemented.
///
/// A tokenizer of another kind than CLIP's; that one's is ``TokenizerJSON``.
struct TokenizerFile {
    private struct Whole: Decodable {
        let normalizer: ConfigurationValue?
        let preTokenizer: ConfigurationValue?
        let postProcessor: ConfigurationValue?
        let addedTokens: [TokenizerJSON.Added]?
        let model: ModelParts

        enum CodingKeys: String, CodingKey {
            case normalizer, model
            case preTokenizer = "pre_tokenizer"
            case postProcessor = "post_processor"
            case addedTokens = "added_tokens"
        }
    }

    /// Of whichever kind of model.
    struct ModelParts: Decodable {
        /// A piece and its score, as `["a", -1.5]`.
        struct Scored: Decodable {
            let piece: String
            let score: Double

            init(from decoder: any Decoder) throws {
                var pair = try decoder.unkeyedContainer()
                (piece, score) = (try pair.decode(String.self), try pair.decode(Double.self))
            }
        }

        let type: String?
        let scored: [Scored]?
        let ids: [String: Double]?
        let merges: [TokenizerJSON.Merge]?
        let unknownID: Int?
        let unknownToken: String?
        let fusesUnknown: Bool
        let fallsBack: Bool
        let ignoresMerges: Bool
        let dropout: Double?
        let prefix: String?
        let suffix: String?
        let longestWord: Int?

        private enum Key: String, CodingKey {
            case type, vocab, merges, dropout
            case unknownID = "unk_id"
            case unknownToken = "unk_token"
            case fusesUnknown = "fuse_unk"
            case fallsBack = "byte_fallback"
            case ignoresMerges = "ignore_merges"
            case prefix = "continuing_subword_prefix"
            case suffix = "end_of_word_suffix"
            case longestWord = "max_input_chars_per_word"
        }

        init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: Key.self)
            type = try object.decodeIfPresent(String.self, forKey: .type)
            // Older files name no type.
            let isScored = type == "Unigram" || type == nil && object.contains(.unknownID)
            scored = isScored ? try object.decode([Scored].self, forKey: .vocab) : nil
            ids = isScored ? nil : try object.decode([String: Double].self, forKey: .vocab)
            merges = try object.decodeIfPresent([TokenizerJSON.Merge].self, forKey: .merges)
            unknownID = try object.decodeIfPresent(Int.self, forKey: .unknownID)
            unknownToken = try object.decodeIfPresent(String.self, forKey: .unknownToken)
            fusesUnknown = try object.decodeIfPresent(Bool.self, forKey: .fusesUnknown) ?? false
            fallsBack = try object.decodeIfPresent(Bool.self, forKey: .fallsBack) ?? false
            ignoresMerges = try object.decodeIfPresent(Bool.self, forKey: .ignoresMerges) ?? false
            dropout = try object.decodeIfPresent(Double.self, forKey: .dropout)
            prefix = try object.decodeIfPresent(String.self, forKey: .prefix)
            suffix = try object.decodeIfPresent(String.self, forKey: .suffix)
            longestWord = try object.decodeIfPresent(Int.self, forKey: .longestWord)
        }
    }

    let path: String
    let model: ModelParts
    let added: [AddedToken]
    let normalizer: [TextNormalizer.Step]
    let cuts: [WordCut]
    /// Ids before and behind a text, by its own account; nil if it says nothing.
    let frame: (opening: [Int32], closing: [Int32])?

    /// - Throws: `InferenceError` of code `tokenizer` that names what is not implemented, or `unreadableFile`.
    init(path: String) throws(InferenceError) {
        let whole = try JSONFile.read(Whole.self, path: path, code: .tokenizer)
        self.path = path
        model = whole.model
        added = try TokenizerJSON.tokens(whole.addedTokens ?? [], path: path)
        normalizer = try TokenizerParts.normalizer(whole.normalizer ?? .null, path: path)
        cuts = try TokenizerParts.cuts(whole.preTokenizer ?? .null, path: path)
        frame = try TokenizerParts.frame(whole.postProcessor ?? .null, path: path)
    }

    /// Tokens and their ids, without the added ones.
    func ids() throws(InferenceError) -> [String: Double] {
        if let ids = model.ids { return ids }
        return Dictionary(
            (model.scored ?? []).enumerated().map { ($1.piece, Double($0)) }, uniquingKeysWith: { $1 })
    }

    /// - Parameter ids: all tokens', the added ones' among them, checked.
    func wordModel(ids: [String: Int32]) throws(InferenceError) -> any WordModel {
        func refusal(_ what: String) -> InferenceError { InferenceError(.tokenizer, "\(path): \(what)") }
        func unknown() throws(InferenceError) -> Int32? {
            guard let token = model.unknownToken else { return nil }
            guard let id = ids[token] else {
                throw refusal("model.unk_token \(token.quoted) is not in model.vocab; name one of its tokens")
            }
            return id
        }
        if let dropout = model.dropout, dropout != 0 {
            throw refusal("model.dropout is \(dropout), with which a text has no ids of its own; leave it out")
        }
        if let scored = model.scored {
            guard let unknownID = model.unknownID, scored.indices.contains(unknownID) else {
                throw refusal("model.unk_id is missing or no place in model.vocab; unknown characters need one")
            }
            guard scored.allSatisfy({ $0.piece.utf8.count <= AddedTokens.longest }) else {
                throw refusal(
                    "model.vocab holds a piece of more than \(AddedTokens.longest) bytes; no text has such a word")
            }
            guard scored.allSatisfy(\.score.isFinite) else {
                throw refusal("model.vocab holds a score that is not finite")
            }
            return UnigramModel(
                vocabulary: scored.map { ($0.piece, $0.score) }, unknownID: unknownID, fallsBack: model.fallsBack)
        }
        switch model.type {
        case "BPE", nil:
            guard (model.prefix ?? "").isEmpty, (model.suffix ?? "").isEmpty else {
                throw refusal(
                    "a model of type BPE with continuing_subword_prefix or end_of_word_suffix is not read here unless it is CLIP's"
                )
            }
            return try CharacterPairEncoding(
                ids: ids, merges: TokenizerJSON.merges(model.merges ?? [], path: path), unknownID: unknown(),
                fusesUnknown: model.fusesUnknown, fallsBack: model.fallsBack, ignoresMerges: model.ignoresMerges,
                file: path)
        case "WordPiece":
            guard let unknownID = try unknown() else {
                throw refusal("model.unk_token is missing, which WordPiece needs")
            }
            guard (model.longestWord ?? 100) <= AddedTokens.longest else {
                throw refusal(
                    "model.max_input_chars_per_word is \(model.longestWord ?? 0); at most \(AddedTokens.longest) are implemented"
                )
            }
            return WordPieceModel(
                ids: ids, unknownID: unknownID, prefix: model.prefix ?? "##", longest: model.longestWord ?? 100)
        case let other:
            throw refusal("model.type is \((other ?? "null").quoted); Unigram, BPE and WordPiece are read")
        }
    }
}
