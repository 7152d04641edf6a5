/// A reader of JSON (RFC 8259) for bytes that nobody vouches for.
///
/// Stricter and safer than Foundation's: nesting is bounded before the stack is, a name that occurs twice in an object
/// is an error instead of a silent choice, and so are invalid UTF-8, half a surrogate pair, and any text that RFC 8259
/// doesn't allow (NaN, comments, trailing commas). A byte order mark at the very beginning is passed over, as it allows.
/// Time and memory are linear in the input.
public struct JSONReader {
    /// Deepest nesting of arrays and objects that is read.
    public static let maximumDepth = 64

    /// U+FEFF, which editors put before a text.
    public static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Why the bytes are no JSON text that is read here.
    public struct Fault: Error, Hashable {
        public enum Kind: Sendable { case notJSON, duplicateName }
        public let kind: Kind
        /// Part of a sentence, with the offset of the byte.
        public let reason: String
    }

    /// - Throws: ``Fault``, never anything else, whatever the bytes are.
    public static func read(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        // Once for all: afterwards any run of bytes between quotes is text.
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Fault(kind: .notJSON, reason: "it is not UTF-8")
        }
        var reader = JSONReader(bytes: bytes)
        if bytes.starts(with: byteOrderMark) { reader.position = byteOrderMark.count }
        reader.skipSpace()
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.next == nil else { throw reader.fault("there is more after the end of the value") }
        return value
    }

    /// Reads the bytes and decodes what they say.
    ///
    /// - Throws: ``Fault`` for what is no JSON or names a field twice, `DecodingError` for JSON of another shape.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try JSONValueDecoder(read(bytes)).decode(type)
    }

    private let bytes: [UInt8]
    private var position = 0

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func fault(_ reason: String, _ kind: Fault.Kind = .notJSON) -> Fault {
        Fault(kind: kind, reason: "\(reason) at byte \(position)")
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Steps over `byte` if it comes next.
    private mutating func take(_ byte: Character) -> Bool {
        guard let ascii = byte.asciiValue, next == ascii else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard let first = next else { throw fault("a value is missing") }
        switch Character(Unicode.Scalar(first)) {
        case "{": return try object(depth: depth)
        case "[": return try array(depth: depth)
        case "\"": return .string(try string())
        case "-", "0"..."9": return .number(try number())
        case "t": return try word("true", .bool(true))
        case "f": return try word("false", .bool(false))
        case "n": return try word("null", .null)
        default: throw fault("a value is missing")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let end = position + text.utf8CodeUnitCount
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(wanted) else {
            throw fault("a value is missing")
        }
        position = end
        return value
    }

    private mutating func enter(_ depth: Int) throws(Fault) {
        guard depth < Self.maximumDepth else { throw fault("it is nested deeper than \(Self.maximumDepth) levels") }
        position += 1
        skipSpace()
    }

    private mutating func array(depth: Int) throws(Fault) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw fault("a comma or ] is missing") }
        }
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONValue {
        try enter(depth)
        var members: [(name: String, value: JSONValue)] = []
        // Bytes, because String compares canonically: names that differ only in normalisation are two names.
        var names: Set<[UInt8]> = []
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a member's name is missing") }
            let name = try string()
            guard names.insert(Array(name.utf8)).inserted else {
                throw fault("the field \(name.quoted) occurs twice in one object", .duplicateName)
            }
            skipSpace()
            guard take(":") else { throw fault("a colon is missing") }
            skipSpace()
            members.append((name, try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw fault("a comma or } is missing") }
        }
    }

    private mutating func digits() throws(Fault) {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw fault("a digit is missing") }
    }

    private mutating func number() throws(Fault) -> String {
        let start = position
        _ = take("-")
        if take("0") {
            if let byte = next, (0x30...0x39).contains(byte) { throw fault("a number begins with 0") }
        } else {
            try digits()
        }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func string() throws(Fault) -> String {
        position += 1
        var text = ""
        while true {
            let start = position
            while let byte = next, byte != 0x22, byte != 0x5C, byte >= 0x20 { position += 1 }
            text += String(decoding: bytes[start..<position], as: UTF8.self)
            switch next {
            case 0x22?:
                position += 1
                return text
            case 0x5C?:
                position += 1
                text.unicodeScalars.append(try escape())
            case nil: throw fault("a string has no end")
            default: throw fault("a control character stands unescaped in a string")
            }
        }
    }

    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        guard let byte = next else { throw fault("a string has no end") }
        position += 1
        switch Character(Unicode.Scalar(byte)) {
        case "\"": return "\""
        case "\\": return "\\"
        case "/": return "/"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": break
        default:
            position -= 1
            throw fault("an escape is not one of JSON's")
        }
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(UInt32(unit)) { return scalar }
        // A surrogate: the first half has to be followed by the second.
        guard unit < 0xDC00, take("\\"), take("u") else { throw fault("half a surrogate pair stands alone") }
        let second = try codeUnit()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF)))
        else { throw fault("half a surrogate pair stands alone") }
        return scalar
    }

    private mutating func codeUnit() throws(Fault) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("a \\u escape needs four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
