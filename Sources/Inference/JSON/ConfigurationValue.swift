/// A JSON value, with numbers told apart from booleans and whole numbers from others.
enum ConfigurationValue: Codable, Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([ConfigurationValue])
    case object([String: ConfigurationValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([ConfigurationValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: ConfigurationValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension ConfigurationValue {
    /// - Parameter name: the file that holds the text, for messages.
    /// - Throws: ``InferenceError/Code/modelConfiguration`` for what is no JSON or says a thing twice.
    init(json: [UInt8], named name: String) throws(InferenceError) {
        self = try JSONFile.decode(ConfigurationValue.self, json, named: name, code: .modelConfiguration)
    }

    /// Reads a file of a model directory.
    init(file: String) throws(InferenceError) {
        self = try JSONFile.read(ConfigurationValue.self, path: file, code: .modelConfiguration)
    }
}

extension ConfigurationValue: CustomStringConvertible {
    /// As it would stand in the file; long ones are cut.
    var description: String {
        let text =
            switch self {
            case .null: "null"
            case .boolean(let value): "\(value)"
            case .integer(let value): "\(value)"
            case .number(let value): "\(value)"
            case .string(let value): "\"\(value)\""
            case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
            case .object(let values): values.isEmpty ? "{}" : "{…}"
            }
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}
