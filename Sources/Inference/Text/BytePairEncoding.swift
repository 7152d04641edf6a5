/// Splits words into the tokens of a byte-pair vocabulary.
///
/// A word starts as its bytes, the last one marked as the end of the word. Again and again the neighbouring pair that
/// comes first in the list of merges is joined, wherever it occurs, until no neighbours are in the list.
struct BytePairEncoding: Sendable {
    private struct Merge {
        /// Place in the list; the lowest goes first.
        let rank: Int32
        /// Id of the joined token.
        let id: Int32
    }

    /// Ids of the 256 bytes inside a word.
    private let inner: [Int32]
    /// Ids of the 256 bytes at the end of a word.
    private let final: [Int32]
    /// By `key(left, right)`.
    private let merges: [UInt64: Merge]

    /// - Throws: `InferenceError` of code `tokenizer` that names the first byte symbol, or the first merge with its
    ///   missing part or result, that the vocabulary lacks.
    init(_ vocabulary: Vocabulary) throws(InferenceError) {
        inner = try BytePairEncoding.byteIDs(in: vocabulary, suffix: "")
        final = try BytePairEncoding.byteIDs(in: vocabulary, suffix: Vocabulary.endOfWord)
        var merges: [UInt64: Merge] = Dictionary(minimumCapacity: vocabulary.merges.count)
        for (rank, pair) in vocabulary.merges.enumerated() {
            let ids = try [pair.left, pair.right, pair.left + pair.right].map { (token) throws(InferenceError) in
                guard let id = vocabulary.id(of: token) else {
                    throw InferenceError(
                        .tokenizer,
                        "\(vocabulary.mergesFile): merge \(rank + 1) (\(Vocabulary.quoted("\(pair.left) \(pair.right)")))"
                            + " needs the token \(Vocabulary.quoted(token)), which \(vocabulary.tokensFile) lacks;"
                            + " both files must come from the same model")
                }
                return id
            }
            // A merge that is listed twice counts at its later place, as in the reference.
            merges[BytePairEncoding.key(ids[0], ids[1])] = Merge(rank: Int32(rank), id: ids[2])
        }
        self.merges = merges
    }

    /// Appends the ids of `word`, which must not be empty.
    /// - Complexity: O(*n* log *n*) for *n* bytes.
    func encode(_ word: ArraySlice<Unicode.Scalar>, into ids: inout [Int32]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(word.count)
        for scalar in word { bytes.append(contentsOf: scalar.utf8) }
        guard let last = bytes.last else { return }
        if bytes.count == 1 {
            ids.append(final[Int(last)])
            return
        }
        var symbols = bytes.map { inner[Int($0)] }
        symbols[symbols.count - 1] = final[Int(last)]
        join(&symbols)
        for symbol in symbols where symbol != BytePairEncoding.gone { ids.append(symbol) }
    }

    /// What a place holds whose symbol was joined to one on its left. Real ids are never negative.
    private static let gone: Int32 = -1

    /// Carries out all merges in place.
    ///
    /// A queue of candidates rather than repeated passes, so that a "word" of a million letters ends in good time.
    private func join(_ symbols: inout [Int32]) {
        let count = symbols.count
        var next = Array(1...count)
        var previous = Array(-1..<count - 1)
        var queue = MergeQueue()

        func offer(at position: Int) {
            guard position >= 0, next[position] < count else { return }
            let key = BytePairEncoding.key(symbols[position], symbols[next[position]])
            guard let merge = merges[key] else { return }
            queue.push(.init(rank: merge.rank, position: position, key: key, id: merge.id))
        }

        for position in 0..<count - 1 { offer(at: position) }
        while let first = queue.pop() {
            // Every occurrence of a pair is joined, from the left, before pairs that arise from it are looked at.
            var occurrences = [first]
            while let other = queue.pop(rank: first.rank) { occurrences.append(other) }
            for candidate in occurrences {
                let position = candidate.position
                let right = next[position]
                // Stale: one of the two was joined to something else in the meantime.
                guard symbols[position] != BytePairEncoding.gone, right < count,
                    BytePairEncoding.key(symbols[position], symbols[right]) == candidate.key
                else { continue }
                symbols[position] = candidate.id
                symbols[right] = BytePairEncoding.gone
                next[position] = next[right]
                if next[right] < count { previous[next[right]] = position }
                offer(at: previous[position])
                offer(at: position)
            }
        }
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private static func byteIDs(in vocabulary: Vocabulary, suffix: String) throws(InferenceError) -> [Int32] {
        try ByteSymbols.all.enumerated().map { (byte, symbol) throws(InferenceError) in
            guard let id = vocabulary.id(of: "\(symbol)\(suffix)") else {
                throw InferenceError(
                    .tokenizer,
                    "\(vocabulary.tokensFile) lacks the token \"\(symbol)\(suffix)\" of byte \(byte); a CLIP vocabulary"
                        + " holds all 256 bytes, with and without \(Vocabulary.endOfWord)")
            }
            return id
        }
    }
}
