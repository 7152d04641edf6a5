import Persistence

/// A value of a statement: sent as a parameter, and shown as a literal to whoever copies the statement.
enum Value: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case optionalText(String?)

    var parameter: Parameter {
        switch self {
        case .text(let text): .text(text)
        case .integer(let number): .bigint(Int64(number))
        case .optionalText(let text): .text(text)
        }
    }

    var literal: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .integer(let number): "\(number)::bigint"
        case .optionalText(let text): text.map(Self.quoted) ?? "NULL::text"
        }
    }

    private static func quoted(_ text: String) -> String {
        let quotes = text.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined()
        return "'" + quotes + "'"
    }
}
