/// Byte-pair encoding of characters, as SentencePiece and Gemma have it: a word starts as its characters, those without a token as
/// their bytes, and the neighbouring pair that comes first in the list of merges is joined, of several the leftmost, until none
/// is in the list.
///
/// Other than with ``BytePairEncoding`` a pair that arises comes before further occurrences of the pair that it arose from, as in
/// the `tokenizers` library.
struct CharacterPairEncoding: WordModel {
    private struct Merge {
        /// Place in the list; the lowest goes first.
        let rank: Int32
        /// Id of the joined token.
        let id: Int32
    }

    private let ids: [String: Int32]
    private let merges: [UInt64: Merge]
    private let bytes: [Int32]?
    private let unknownID: Int32?
    /// Whether neighbouring unknown characters are one token.
    private let fusesUnknown: Bool
    /// Whether a word that is a token is not taken apart.
    private let ignoresMerges: Bool

    /// - Throws: `InferenceError` of code `tokenizer` that names the first merge with a part or result that the vocabulary lacks.
    init(
        ids: [String: Int32], merges pairs: [(left: String, right: String)], unknownID: Int32?, fusesUnknown: Bool,
        fallsBack: Bool, ignoresMerges: Bool, file: String
    ) throws(InferenceError) {
        self.ids = ids
        (self.unknownID, self.fusesUnknown, self.ignoresMerges) = (unknownID, fusesUnknown, ignoresMerges)
        bytes = fallsBack ? ByteTokens.ids { ids[$0] } : nil
        var merges: [UInt64: Merge] = Dictionary(minimumCapacity: pairs.count)
        for (rank, pair) in pairs.enumerated() {
            guard let left = ids[pair.left], let right = ids[pair.right], let joined = ids[pair.left + pair.right]
            else {
                let missing = [pair.left, pair.right, pair.left + pair.right].first { ids[$0] == nil } ?? ""
                throw InferenceError(
                    .tokenizer,
                    "\(file): model.merges[\(rank)] needs the token \(Vocabulary.quoted(missing)), which model.vocab lacks; both must "
                        + "come from the same model")
            }
            // A merge that is listed twice counts at its later place, as in the library.
            merges[Self.key(left, right)] = Merge(rank: Int32(rank), id: joined)
        }
        self.merges = merges
    }

    func encode(_ word: ArraySlice<Unicode.Scalar>, into out: inout [Int32]) {
        if ignoresMerges, let id = ids[String(String.UnicodeScalarView(word))] {
            out.append(id)
            return
        }
        var symbols: [Int32] = []
        symbols.reserveCapacity(word.count)
        var isBehindUnknown = false
        for scalar in word {
            let wasUnknown = isBehindUnknown
            isBehindUnknown = false
            if let id = ids[String(Character(scalar))] {
                symbols.append(id)
            } else if let bytes {
                symbols += scalar.utf8.map { bytes[Int($0)] }
            } else if let unknownID {
                if !(wasUnknown && fusesUnknown) { symbols.append(unknownID) }
                isBehindUnknown = true
            }
        }
        join(&symbols)
        for symbol in symbols where symbol != Self.gone { out.append(symbol) }
    }

    /// What a place holds whose symbol was joined to one on its left. Real ids are never negative.
    private static let gone: Int32 = -1

    private func join(_ symbols: inout [Int32]) {
        let count = symbols.count
        guard count > 1 else { return }
        var next = Array(1...count)
        var previous = Array(-1..<count - 1)
        var queue = MergeQueue()

        func merge(at position: Int) -> (merge: Merge, key: UInt64)? {
            guard position >= 0, symbols[position] != Self.gone, next[position] < count else { return nil }
            let key = Self.key(symbols[position], symbols[next[position]])
            return merges[key].map { ($0, key) }
        }
        func offer(at position: Int) {
            guard let (merge, key) = merge(at: position) else { return }
            queue.push(.init(rank: merge.rank, position: position, key: key, id: merge.id))
        }

        for position in 0..<count - 1 { offer(at: position) }
        while let candidate = queue.pop() {
            let position = candidate.position
            // Stale, unless what stands there now makes the same token.
            guard let (current, _) = merge(at: position), current.id == candidate.id else { continue }
            let right = next[position]
            symbols[position] = candidate.id
            symbols[right] = Self.gone
            next[position] = next[right]
            if next[right] < count { previous[next[right]] = position }
            offer(at: previous[position])
            offer(at: position)
        }
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
}
