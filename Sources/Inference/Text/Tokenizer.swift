/// A model's tokenizer: text in, rows of token ids out.
///
/// A value without mutable state: any number of threads may share one, and a text always gives the same ids. Equal to the
/// library's whose layout the model has, save for the repair of mojibake (`TextRepair`).
public struct Tokenizer: Sendable {
    /// Length of every row of `tokens(_:)`.
    public let contextLength: Int
    /// One more than the highest id: the number of rows that the token embedding must have.
    public let vocabularySize: Int
    /// What every row begins with.
    public let opening: [Int32]
    /// What stands behind the last word of every row.
    public let closing: [Int32]
    /// Id that fills a row up.
    public let padID: Int32
    /// Whether rows are filled up from the left.
    public let padsLeft: Bool
    /// Where the text encoder's output is read, if the model's configuration does not say it.
    public let pooling: TextPooling
    /// Names of the files that were read, in the directory: what a content hash of the tokenizer has to cover.
    public let files: [String]
    /// What is taken for a row's zeros wherever it stands; nil for nothing.
    private let blankID: Int32?
    private let encoding: any TextEncoding

    /// CLIP's.
    init(
        vocabulary: Vocabulary, contextLength: Int, conventions: TextConventions, rules: OwnTextRules? = nil
    ) throws(InferenceError) {
        self.contextLength = contextLength
        encoding = try ClipEncoding(vocabulary, rules: rules)
        vocabularySize = vocabulary.size
        (opening, closing) = ([vocabulary.startID], [vocabulary.endID])
        (padID, padsLeft, blankID) = (conventions.padID, false, nil)
        pooling = conventions.pooling
        files = vocabulary.files + conventions.files
    }

    /// That of a `tokenizer.json` of another kind.
    init(_ pipeline: TokenizerPipeline, frame: TokenFrame, contextLength: Int, files: [String]) {
        self.contextLength = contextLength
        encoding = pipeline
        vocabularySize = pipeline.size
        (opening, closing) = (frame.opening, frame.closing)
        (padID, padsLeft, blankID) = (frame.padID, frame.padsLeft, frame.blankID)
        pooling = .last
        self.files = files
    }

    /// The bare ids of `text`, without start, end and padding, however many there are.
    public func encode(_ text: String) -> [Int32] {
        encoding.ids(of: text, atLeast: .max)
    }

    /// The row that the text encoder takes: what stands before, ids, what stands behind, padding; `contextLength` ids in all.
    ///
    /// Too long a text is cut, and what stands behind it takes the last places.
    public func tokens(_ text: String) -> [Int32] {
        let room = contextLength - opening.count - closing.count
        var row = opening
        row.reserveCapacity(contextLength)
        row.append(contentsOf: encoding.ids(of: text, atLeast: room + 1).prefix(room))
        row.append(contentsOf: closing)
        let padding = repeatElement(padID, count: contextLength - row.count)
        if padsLeft { row.insert(contentsOf: padding, at: 0) } else { row.append(contentsOf: padding) }
        return blankID.map { blank in row.map { $0 == blank ? 0 : $0 } } ?? row
    }
}
