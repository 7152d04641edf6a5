import Inference

/// A value for `$n`, in PostgreSQL's binary format.
public struct Parameter: Sendable {
    let type: PostgresType
    /// nil is NULL.
    let bytes: [UInt8]?
    /// A text with a NUL, which PostgreSQL has no way to store; refused when the statement is run.
    let holdsNUL: Bool

    init(_ type: PostgresType, _ bytes: [UInt8]?, holdsNUL: Bool = false) {
        self.type = type
        self.bytes = bytes
        self.holdsNUL = holdsNUL
    }

    private init<V: WireValue>(scalar value: V?) {
        var bytes: [UInt8]?
        if let value {
            var wire: [UInt8] = []
            value.append(to: &wire)
            bytes = wire
        }
        self.init(V.type, bytes, holdsNUL: value?.holdsNUL ?? false)
    }

    static func array<V: WireValue>(_ values: [V?]) -> Parameter {
        var wire: [UInt8] = []
        var holdsNUL = false
        wire.reserveCapacity(20 + values.count * 12)
        Int32(values.isEmpty ? 0 : 1).append(to: &wire)  // dimensions
        Int32(values.contains { $0 == nil } ? 1 : 0).append(to: &wire)
        V.type.rawValue.append(to: &wire)
        if !values.isEmpty {
            Int32(values.count).append(to: &wire)
            Int32(1).append(to: &wire)  // lower bound
        }
        for value in values {
            guard let value else {
                Int32(-1).append(to: &wire)
                continue
            }
            let place = wire.count
            Int32(0).append(to: &wire)
            value.append(to: &wire)
            let length = UInt32(wire.count - place - 4)
            for byte in 0..<4 { wire[place + byte] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(byte))) }
            holdsNUL = holdsNUL || value.holdsNUL
        }
        return Parameter(V.type.array, wire, holdsNUL: holdsNUL)
    }

    public static func text(_ value: String?) -> Parameter { .init(scalar: value) }
    public static func identifier(_ value: Identifier?) -> Parameter { .init(scalar: value) }
    public static func int(_ value: Int32?) -> Parameter { .init(scalar: value) }
    public static func bigint(_ value: Int64?) -> Parameter { .init(scalar: value) }
    public static func bool(_ value: Bool?) -> Parameter { .init(scalar: value) }
    public static func double(_ value: Double?) -> Parameter { .init(scalar: value) }
    public static func bytes(_ value: [UInt8]?) -> Parameter { .init(scalar: value) }

    public static func texts(_ values: [String?]) -> Parameter { array(values) }
    public static func identifiers(_ values: [Identifier?]) -> Parameter { array(values) }
    public static func ints(_ values: [Int32?]) -> Parameter { array(values) }
    public static func bigints(_ values: [Int64?]) -> Parameter { array(values) }
    public static func reals(_ values: [Float?]) -> Parameter { array(values) }
    public static func bools(_ values: [Bool?]) -> Parameter { array(values) }
}
