/// CLIP's byte-pair tokenizer: text in, rows of token ids out.
///
/// A value without mutable state: any number of threads may share one, and a text always gives the same ids.
/// Equal to open_clip's `SimpleTokenizer` with its default clean-up, save for the repair of mojibake (`TextRepair`); in the
/// transformers layout to that library's `CLIPTokenizer`, which cleans nothing but what its files say.
public struct Tokenizer: Sendable {
    /// Length of every row of `tokens(_:)`.
    public let contextLength: Int
    /// One more than the highest id: the number of rows that the token embedding must have.
    public let vocabularySize: Int
    /// Id of the start token, first in every row.
    public let startID: Int32
    /// Id of the end token, behind the last word of every row.
    public let endID: Int32
    /// Id that fills a row behind the end token.
    public let padID: Int32
    /// Where the text encoder's output is read.
    public let pooling: TextPooling
    /// Names of the files that were read, in the directory: what a content hash of the tokenizer has to cover.
    public let files: [String]

    private let encoding: BytePairEncoding
    /// open_clip's.
    private let pattern = WordPattern(start: "<start_of_text>", end: "<end_of_text>")
    /// nil for open_clip's cleaning and pattern.
    private let rules: OwnTextRules?

    init(
        vocabulary: Vocabulary, contextLength: Int, conventions: TextConventions, rules: OwnTextRules? = nil
    ) throws(InferenceError) {
        self.contextLength = contextLength
        self.encoding = try BytePairEncoding(vocabulary)
        self.vocabularySize = vocabulary.size
        self.startID = vocabulary.startID
        self.endID = vocabulary.endID
        self.padID = conventions.padID
        self.pooling = conventions.pooling
        self.files = vocabulary.files + conventions.files
        self.rules = rules
    }

    /// The bare ids of `text`, without start, end and padding, however many there are.
    public func encode(_ text: String) -> [Int32] {
        ids(of: text, atLeast: .max)
    }

    /// The row that the text encoder takes: start token, ids, end token, padding; `contextLength` ids in all.
    ///
    /// Too long a text is cut, and the end token takes the last place.
    public func tokens(_ text: String) -> [Int32] {
        let ids = ids(of: text, atLeast: contextLength - 1)
        var row = [startID]
        row.reserveCapacity(contextLength)
        row.append(contentsOf: ids.prefix(contextLength - 2))
        row.append(endID)
        row.append(contentsOf: repeatElement(padID, count: contextLength - row.count))
        return row
    }

    /// The ids of `text`; may stop behind the word with which `enough` ids are reached.
    private func ids(of text: String, atLeast enough: Int) -> [Int32] {
        if let rules { return ids(of: text, by: rules, atLeast: enough) }
        let cleaned = TextCleaning.clean(text)
        var ids: [Int32] = []
        var position = 0
        while ids.count < enough, let word = pattern.nextWord(in: cleaned, from: position) {
            position = word.range.upperBound
            switch word.kind {
            case .start: ids.append(startID)
            case .end: ids.append(endID)
            case .ordinary: encoding.encode(cleaned[word.range], into: &ids)
            }
        }
        return ids
    }

    private func ids(of text: String, by rules: OwnTextRules, atLeast enough: Int) -> [Int32] {
        var ids: [Int32] = []
        for piece in rules.pieces(of: text) {
            switch piece {
            case .token(let id): ids.append(id)
            case .text(let part):
                for word in rules.words(in: part) where ids.count < enough { encoding.encode(part[word], into: &ids) }
            }
            if ids.count >= enough { break }
        }
        return ids
    }
}
