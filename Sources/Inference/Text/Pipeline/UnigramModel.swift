/// Cuts a word into the pieces whose scores have the highest sum, as the `tokenizers` library does it.
struct UnigramModel: WordModel {
    private let pieces: PieceList
    /// By id.
    private let scores: [Double]
    private let unknownID: Int32
    private let unknownScore: Double
    /// Tokens of the 256 bytes, for characters without a piece; nil if those are unknown.
    private let bytes: [Int32]?

    /// What an unknown character costs beyond the lowest score.
    private static let penalty = 10.0

    /// - Parameters:
    ///   - vocabulary: pieces and scores, by id.
    ///   - fallsBack: whether unknown characters become tokens of their bytes.
    init(vocabulary: [(piece: String, score: Double)], unknownID: Int, fallsBack: Bool) {
        pieces = PieceList(vocabulary.enumerated().map { ($1.piece, Int32($0)) })
        scores = vocabulary.map(\.score)
        self.unknownID = Int32(unknownID)
        unknownScore = (scores.min() ?? 0) - Self.penalty
        bytes = fallsBack ? ByteTokens.ids { [pieces] in pieces.id(of: $0.utf8) } : nil
    }

    private struct Node {
        var start = -1
        var score = 0.0
        var id: Int32 = -1
    }

    func encode(_ word: ArraySlice<Unicode.Scalar>, into ids: inout [Int32]) {
        var text: [UInt8] = []
        for scalar in word { text.append(contentsOf: scalar.utf8) }
        var nodes = [Node](repeating: Node(), count: text.count + 1)
        var position = 0
        for scalar in word {
            let length = UTF8.width(scalar)
            let score = nodes[position].score
            var isSingle = false
            func offer(_ end: Int, _ id: Int32, _ gain: Double) {
                guard nodes[end].start < 0 || score + gain > nodes[end].score else { return }
                nodes[end] = Node(start: position, score: score + gain, id: id)
            }
            pieces.forEachPrefix(of: text[position...]) { size, id in
                offer(position + size, id, scores[Int(id)])
                if size == length { isSingle = true }
            }
            if !isSingle { offer(position + length, unknownID, unknownScore) }
            position += length
        }
        var found: [(range: Range<Int>, isUnknown: Bool)] = []
        while position > 0 {
            let node = nodes[position]
            let isUnknown = node.id == unknownID
            // Unknown neighbours are one.
            if isUnknown, let last = found.last, last.isUnknown {
                found[found.count - 1].range = node.start..<last.range.upperBound
            } else {
                found.append((node.start..<position, isUnknown))
            }
            position = node.start
        }
        for part in found.reversed() {
            // Unknown characters may be a piece together that lost to them.
            if let id = pieces.id(of: text[part.range]) {
                ids.append(id)
            } else if let bytes {
                ids += text[part.range].map { bytes[Int($0)] }
            } else {
                ids.append(unknownID)
            }
        }
    }
}
