/// At which position of a row of token ids a text encoder's output becomes the text's embedding.
public enum TextPooling: Sendable, Hashable {
    /// The first position that holds the row's highest id. The end token is the highest of CLIP's vocabulary.
    case highestID
    /// The first position that holds this id.
    case firstToken(Int32)
    /// The last position, whatever it holds.
    case last
    /// The first position, whatever it holds.
    case first

    /// The position in `row`, a whole row as `Tokenizer.tokens(_:)` makes it.
    ///
    /// 0 where nothing matches, as the argmax of zeros has it; a row of `tokens(_:)` always matches.
    /// - Complexity: O(*n*) for a row of *n* ids.
    public func position(in row: some Collection<Int32>) -> Int {
        switch self {
        case .highestID:
            var best = 0
            var highest = Int32.min
            for (position, id) in row.enumerated() where id > highest {
                best = position
                highest = id
            }
            return best
        case .firstToken(let id):
            return row.enumerated().first { $0.element == id }?.offset ?? 0
        case .last:
            return max(row.count - 1, 0)
        case .first:
            return 0
        }
    }
}
