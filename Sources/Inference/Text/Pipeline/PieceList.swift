/// The pieces of a vocabulary, to be looked for at the beginning of a text.
struct PieceList: Sendable {
    /// Ascending by UTF-8.
    private let pieces: [[UInt8]]
    private let ids: [Int32]

    /// - Parameter pieces: of equal spellings the last counts.
    init(_ pieces: [(text: String, id: Int32)]) {
        var byText: [[UInt8]: Int32] = Dictionary(minimumCapacity: pieces.count)
        for (text, id) in pieces where !text.isEmpty { byText[Array(text.utf8)] = id }
        let sorted = byText.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        self.pieces = sorted.map(\.key)
        ids = sorted.map(\.value)
    }

    func id(of text: some Collection<UInt8>) -> Int32? {
        var found: Int32?
        forEachPrefix(of: ArraySlice(text)) { length, id in if length == text.count { found = id } }
        return found
    }

    /// Hands out the pieces that `text` begins with, the shortest first, with their lengths in bytes.
    func forEachPrefix(of text: ArraySlice<UInt8>, _ body: (_ length: Int, _ id: Int32) -> Void) {
        var range = pieces.startIndex..<pieces.endIndex
        for (depth, byte) in text.enumerated() {
            // The pieces of the range agree in the bytes so far; one that ends here is the first of them.
            let low = first(in: range) { $0.count > depth && $0[depth] >= byte }
            let high = first(in: low..<range.upperBound) { $0[depth] > byte }
            guard low < high else { return }
            range = low..<high
            if pieces[low].count == depth + 1 { body(depth + 1, ids[low]) }
        }
    }

    /// Where in a range the pieces begin for which something holds from some place on.
    private func first(in range: Range<Int>, where holds: ([UInt8]) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if holds(pieces[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
