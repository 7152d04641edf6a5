/// A JSON text as it was written: members in order, numbers as their digits.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// The digits as written: nothing is lost, and nothing overflows.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// Names are unique.
    case object([(name: String, value: JSONValue)])

    /// What to call it in a message.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
