/// Cuts a word into the longest pieces from the left, as BERT has it; a word that can't be cut so is unknown as a whole.
struct WordPieceModel: WordModel {
    let ids: [String: Int32]
    let unknownID: Int32
    /// Before a piece that does not begin a word.
    let prefix: String
    /// Characters of a word that is looked at.
    let longest: Int

    func encode(_ word: ArraySlice<Unicode.Scalar>, into out: inout [Int32]) {
        guard word.count <= longest else {
            out.append(unknownID)
            return
        }
        var found: [Int32] = []
        var start = word.startIndex
        while start < word.endIndex {
            let lead = start == word.startIndex ? "" : prefix
            let match = (start + 1...word.endIndex).reversed().lazy.compactMap { end in
                ids[lead + String(String.UnicodeScalarView(word[start..<end]))].map { (end: end, id: $0) }
            }.first
            guard let match else {
                out.append(unknownID)
                return
            }
            found.append(match.id)
            start = match.end
        }
        out += found
    }
}
