extension Node {
    /// As JSON (RFC 8259); `nil` for what is only shown. Numbers have all their digits, and what is not finite is null.
    var json: String? {
        switch self {
        case .absent: return "null"
        case .text(let text): return Self.quoted(text)
        case .number(let number, _): return number.isFinite ? "\(number)" : "null"
        case .count(let count): return "\(count)"
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let nodes): return "[" + nodes.compactMap(\.json).joined(separator: ",") + "]"
        case .record(let record):
            let fields = record.fields.compactMap { field in field.value.json.map { Self.quoted(field.name) + ":" + $0 }
            }
            return "{" + fields.joined(separator: ",") + "}"
        case .drawing: return nil
        }
    }

    /// By scalars, since a quote and what follows it may be one character.
    private static func quoted(_ text: String) -> String {
        var result = "\"".unicodeScalars
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result.append(contentsOf: "\\\"".unicodeScalars)
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result.append(
                    contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
            default: result.append(scalar)
            }
        }
        result.append("\"")
        return String(result)
    }
}
