/// What the map maker answers.
package enum TextMapAnswer: Sendable, Hashable {
    case map(TextMap)
    /// Why there is no map, in a sentence for whoever asked.
    case refusal(String)

    private struct Head: Codable {
        var map: TextMap.Head?
        var refusal: String?
    }

    package func message() throws -> MapMessage {
        switch self {
        case .map(let map): try MapMessage(Head(map: map.head), payload: map.payload)
        case .refusal(let sentence): try MapMessage(Head(refusal: sentence), payload: [])
        }
    }

    /// - Throws: when it is no answer.
    package init(_ message: MapMessage) throws {
        let head = try message.decoded(Head.self)
        if let map = head.map {
            self = .map(try TextMap(map, payload: message.payload))
        } else if let refusal = head.refusal {
            self = .refusal(refusal)
        } else {
            throw MapMessage.Unreadable()
        }
    }
}
