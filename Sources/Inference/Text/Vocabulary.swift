/// The tokens and merges of a byte-pair vocabulary, checked as far as ids go.
///
/// Tokens are spelled in byte symbols (`ByteSymbols`); a token that ends a word carries the suffix `</w>`.
struct Vocabulary: Sendable {
    static let startToken = "<|startoftext|>"
    static let endToken = "<|endoftext|>"
    static let endOfWord = "</w>"

    /// Pairs of tokens in the order in which they are merged.
    let merges: [(left: String, right: String)]
    /// Names of the files that were read, in their directory.
    let files: [String]
    /// The file that lists the tokens, as error messages name it.
    let tokensFile: String
    /// The file that lists the merges, as error messages name it.
    let mergesFile: String
    /// One more than the highest id.
    let size: Int
    let startID: Int32
    let endID: Int32

    private let ids: [String: Int32]

    /// - Parameters:
    ///   - ids: By token; as JSON has them, whole numbers or not.
    ///   - size: Rows of the model's token embedding; nil: the ids must be dense.
    /// - Throws: `InferenceError` of code `tokenizer` for an id out of range or used twice, a missing special token, or a
    ///   vocabulary of another kind.
    init(
        ids: [String: Double], merges: [(left: String, right: String)], files: [String], tokensFile: String,
        mergesFile: String, size: Int?
    ) throws(InferenceError) {
        self.merges = merges
        self.files = files
        self.tokensFile = tokensFile
        self.mergesFile = mergesFile
        self.size = try Vocabulary.checkedSize(of: ids, file: tokensFile, limit: size)
        let ids = ids.mapValues { Int32($0) }
        self.ids = ids
        guard ids.keys.contains(where: { $0.hasSuffix(Vocabulary.endOfWord) }) else {
            throw InferenceError(
                .tokenizer,
                "\(tokensFile) has no token that ends in \(Vocabulary.endOfWord): a byte-level vocabulary of GPT-2's"
                    + " kind is not read here; CLIP's byte-pair vocabulary is needed")
        }
        self.startID = try Vocabulary.special(Vocabulary.startToken, in: ids, file: tokensFile)
        self.endID = try Vocabulary.special(Vocabulary.endToken, in: ids, file: tokensFile)
    }

    /// Ids of any tokenizer's, checked as those of this one.
    static func checkedIDs(
        _ ids: [String: Double], file: String, size: Int?
    ) throws(InferenceError) -> [String: Int32] {
        _ = try checkedSize(of: ids, file: file, limit: size)
        return ids.mapValues { Int32($0) }
    }

    func id(of token: String) -> Int32? {
        ids[token]
    }

    private static func special(_ token: String, in ids: [String: Int32], file: String) throws(InferenceError) -> Int32
    {
        guard let id = ids[token] else {
            throw InferenceError(
                .tokenizer, "\(file) lacks the special token \(token); a CLIP vocabulary has it, with an id of its own")
        }
        return id
    }

    private static func checkedSize(of ids: [String: Double], file: String, limit: Int?) throws(InferenceError) -> Int {
        let limit = min(limit ?? ids.count, Int(Int32.max))
        let isFit = { (id: Double) in id >= 0 && id < Double(limit) && id == id.rounded() }
        if let (token, id) = ids.filter({ !isFit($0.value) }).min(by: precedes) {
            throw InferenceError(
                .tokenizer,
                "\(file): the id \(Int(exactly: id).map(String.init) ?? "\(id)") of token \(quoted(token)) is no whole"
                    + " number in 0 ..< \(limit), the size of the vocabulary; ids must fit the model's token embedding")
        }
        if Set(ids.values).count < ids.count {
            let sorted = ids.sorted(by: precedes)
            for (first, second) in zip(sorted, sorted.dropFirst()) where first.value == second.value {
                throw InferenceError(
                    .tokenizer,
                    "\(file): tokens \(quoted(first.key)) and \(quoted(second.key)) share the id \(Int(first.value));"
                        + " each needs its own")
            }
        }
        return Int(ids.values.max() ?? -1) + 1
    }

    /// An order of entries that lets the same one of several faults be reported every time.
    private static func precedes(_ first: (key: String, value: Double), _ second: (key: String, value: Double)) -> Bool
    {
        (first.value, first.key) < (second.value, second.key)
    }

    /// `token` as an error message shows it: in quotes, and no longer than a line.
    static func quoted(_ token: String) -> String {
        token.count <= 60 ? "\"\(token)\"" : "\"\(token.prefix(60))…\""
    }
}
