import Inference

/// A Swift value with a binary form on the wire: big-endian numbers, UTF-8 text, raw bytes.
protocol WireValue: Sendable {
    static var type: PostgresType { get }
    /// Other types whose binary form ``init(wire:)`` reads too.
    static var alsoReads: [UInt32] { get }
    func append(to wire: inout [UInt8])
    var holdsNUL: Bool { get }
    /// nil when the bytes are no such value.
    init?(wire: UnsafeBufferPointer<UInt8>)
}

extension WireValue {
    static var alsoReads: [UInt32] { [] }
    var holdsNUL: Bool { false }
}

extension FixedWidthInteger {
    func append(to wire: inout [UInt8]) {
        withUnsafeBytes(of: bigEndian) { wire.append(contentsOf: $0) }
    }

    init?(wire: UnsafeBufferPointer<UInt8>) {
        guard wire.count == MemoryLayout<Self>.size else { return nil }
        self = wire.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}

extension Int16: WireValue { static var type: PostgresType { .int2 } }
extension Int32: WireValue { static var type: PostgresType { .int4 } }
extension Int64: WireValue { static var type: PostgresType { .int8 } }

extension Bool: WireValue {
    static var type: PostgresType { .bool }
    func append(to wire: inout [UInt8]) { wire.append(self ? 1 : 0) }
    init?(wire: UnsafeBufferPointer<UInt8>) {
        guard wire.count == 1 else { return nil }
        self = wire[0] != 0
    }
}

extension Float: WireValue {
    static var type: PostgresType { .float4 }
    func append(to wire: inout [UInt8]) { bitPattern.append(to: &wire) }
    init?(wire: UnsafeBufferPointer<UInt8>) {
        guard let bits = UInt32(wire: wire) else { return nil }
        self.init(bitPattern: bits)
    }
}

extension Double: WireValue {
    static var type: PostgresType { .float8 }
    func append(to wire: inout [UInt8]) { bitPattern.append(to: &wire) }
    init?(wire: UnsafeBufferPointer<UInt8>) {
        guard let bits = UInt64(wire: wire) else { return nil }
        self.init(bitPattern: bits)
    }
}

extension String: WireValue {
    static var type: PostgresType { .text }
    /// unknown, name, bpchar, varchar, json.
    static var alsoReads: [UInt32] { [705, 19, 1042, 1043, 114] }
    func append(to wire: inout [UInt8]) { wire.append(contentsOf: utf8) }
    var holdsNUL: Bool { utf8.contains(0) }
    init?(wire: UnsafeBufferPointer<UInt8>) { self.init(validating: wire, as: UTF8.self) }
}

extension Identifier: WireValue {
    static var type: PostgresType { .text }
    static var alsoReads: [UInt32] { String.alsoReads }
    func append(to wire: inout [UInt8]) { text.append(to: &wire) }
    var holdsNUL: Bool { text.holdsNUL }
    init?(wire: UnsafeBufferPointer<UInt8>) {
        guard let text = String(wire: wire) else { return nil }
        self.init(text)
    }
}

extension [UInt8]: WireValue {
    static var type: PostgresType { .bytea }
    func append(to wire: inout [UInt8]) { wire.append(contentsOf: self) }
    init?(wire: UnsafeBufferPointer<UInt8>) { self.init(wire) }
}
