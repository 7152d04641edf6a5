import Inference

/// Where in a picture a text is, patch by patch, and whether: what `entente dense` gives for one text and one picture, bit for bit
/// (docs/dense.md §4).
package struct TextMap: Sendable, Hashable {
    /// What is said of it in JSON.
    package struct Head: Sendable, Hashable, Codable {
        package let dense: DenseMethod
        /// Whether the method is the analysis's, and not one that was taken for want of it.
        package let isOwn: Bool
        /// What the model makes of a cosine; nil where it does not say.
        package let score: String?
        package let frame: PictureFrame
        /// Patches a side.
        package let side: Int

        enum CodingKeys: String, CodingKey {
            case dense, score, frame, side
            case isOwn = "is_own"
        }

        package init(dense: DenseMethod, isOwn: Bool, score: String?, frame: PictureFrame, side: Int) {
            (self.dense, self.isOwn, self.score, self.frame, self.side) = (dense, isOwn, score, frame, side)
        }
    }

    package let head: Head
    /// 0…1, of the picture as a whole.
    package let presence: Float
    /// `[side, side]`, as the method gives them.
    package let similarity: [Float]
    /// `[side, side]`, 0…1, on the scale that all pictures share.
    package let absolute: [Float]

    package init(_ head: Head, presence: Float, similarity: [Float], absolute: [Float]) {
        let patches = head.side * head.side
        precondition(
            similarity.count == patches && absolute.count == patches,
            "\(similarity.count) and \(absolute.count) values for \(head.side)×\(head.side) patches")
        (self.head, self.presence, self.similarity, self.absolute) = (head, presence, similarity, absolute)
    }

    /// Numbers behind the JSON: presence, similarity, absolute; 32 bits each, little-endian.
    package var payload: [UInt8] { ([presence] + similarity + absolute).littleEndian }

    /// No model has so many patches a side.
    private static let largestSide = 4096

    /// - Throws: ``MapMessage/Unreadable`` if the numbers are not those of the head's patches.
    package init(_ head: Head, payload: [UInt8]) throws {
        guard 1...Self.largestSide ~= head.side, payload.count == 4 * (1 + 2 * head.side * head.side)
        else { throw MapMessage.Unreadable() }
        let patches = head.side * head.side
        let numbers = stride(from: 0, to: payload.count, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(payload[place + $1]) << UInt32(8 * $1) })
        }
        guard numbers.allSatisfy(\.isFinite) else { throw MapMessage.Unreadable() }
        self.init(
            head, presence: numbers[0], similarity: Array(numbers[1...patches]),
            absolute: Array(numbers[(patches + 1)...]))
    }
}

extension [Float] {
    /// 32 bits each.
    var littleEndian: [UInt8] {
        flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) } }
    }
}
