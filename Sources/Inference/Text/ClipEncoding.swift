/// CLIP's words, each in byte-pair tokens: as open_clip's `SimpleTokenizer` with its default clean-up, or by a model's own rules
/// as transformers' `CLIPTokenizer`.
struct ClipEncoding: TextEncoding {
    let encoding: BytePairEncoding
    let startID: Int32
    let endID: Int32
    /// nil for open_clip's cleaning and pattern.
    let rules: OwnTextRules?
    /// open_clip's.
    private let pattern = WordPattern(start: "<start_of_text>", end: "<end_of_text>")

    init(_ vocabulary: Vocabulary, rules: OwnTextRules?) throws(InferenceError) {
        encoding = try BytePairEncoding(vocabulary)
        (startID, endID, self.rules) = (vocabulary.startID, vocabulary.endID, rules)
    }

    func ids(of text: String, atLeast enough: Int) -> [Int32] {
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
