/// How a class and one of its descriptors become a text: a template with the places `{class}` and `{descriptor}` or `{which}`
/// (docs/descriptors.md §1.1).
public struct DescriptorWording: Sendable, Hashable {
    public let template: String
    private let pieces: [Piece]

    private enum Piece: Sendable, Hashable {
        case words(String)
        case className
        case descriptor
        case clause
    }

    private static let places: [(text: String, piece: Piece)] = [
        ("{class}", .className), ("{descriptor}", .descriptor), ("{which}", .clause),
    ]

    /// Menon and Vondrick's.
    public static let standard = DescriptorWording(parsing: "{class}, {which}")

    /// nil unless there is a place for the class, and one for the descriptor.
    public init?(_ template: String) {
        let wording = DescriptorWording(parsing: template)
        guard wording.pieces.contains(.className),
            wording.pieces.contains(.descriptor) || wording.pieces.contains(.clause)
        else { return nil }
        self = wording
    }

    private init(parsing template: String) {
        self.template = template
        var pieces: [Piece] = []
        var words = ""
        var rest = template[...]
        while let first = rest.first {
            if let place = Self.places.first(where: { rest.hasPrefix($0.text) }) {
                if !words.isEmpty { pieces.append(.words(words)) }
                words = ""
                pieces.append(place.piece)
                rest = rest.dropFirst(place.text.count)
            } else {
                words.append(first)
                rest = rest.dropFirst()
            }
        }
        if !words.isEmpty { pieces.append(.words(words)) }
        self.pieces = pieces
    }

    public func text(className: String, descriptor: String) -> String {
        pieces.map { piece in
            switch piece {
            case .words(let words): words
            case .className:
                String(String.UnicodeScalarView(className.unicodeScalars.map { $0 == "_" ? " " : $0 }))
            case .descriptor: descriptor
            case .clause: Self.clause(descriptor)
            }
        }.joined()
    }

    /// By how the descriptor begins, as the released code has it: not by its first word.
    static func clause(_ descriptor: String) -> String {
        func begins(_ beginnings: String...) -> Bool {
            beginnings.contains { descriptor.utf8.starts(with: $0.utf8) }
        }
        if begins("a") { return "which is \(descriptor)" }
        if begins("has", "often", "typically", "may", "can") { return "which \(descriptor)" }
        return (begins("used") ? "which is " : "which has ") + descriptor
    }
}

extension DescriptorWording: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let wording = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a wording without its places")
        }
        self = wording
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(template)
    }
}
