/// A cell of an answer, by the type that the server says it has.
public enum Cell: Sendable, Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
    case flags([Bool])
    case integers([Int64])
    case reals([Double])
    case texts([String])
}

extension Rows {
    /// - Throws: ``PersistenceError`` for a type that is none of these, such as `numeric`.
    public func cell(_ row: Int, _ column: Int) throws -> Cell {
        func some<V: WireValue>(_ make: (V) -> Cell) throws -> Cell {
            try optional(row, column).map(make) ?? .null
        }
        func list<V: WireValue>(_ make: ([V]) -> Cell) throws -> Cell {
            try isNull(row, column) ? .null : make(elements(row, column))
        }
        guard column >= 0, column < types.count else { return .null }
        switch PostgresType(rawValue: types[column]) {
        case .bool: return try some { .flag($0) }
        case .int2: return try some { (value: Int16) in .integer(Int64(value)) }
        case .int4: return try some { (value: Int32) in .integer(Int64(value)) }
        case .int8: return try some { .integer($0) }
        case .float4: return try some { (value: Float) in .real(Double(value)) }
        case .float8: return try some { .real($0) }
        case .bytea: return try some { .bytes($0) }
        case .boolArray: return try list { .flags($0) }
        case .int2Array: return try list { (values: [Int16]) in .integers(values.map(Int64.init)) }
        case .int4Array: return try list { (values: [Int32]) in .integers(values.map(Int64.init)) }
        case .int8Array: return try list { .integers($0) }
        case .float4Array: return try list { (values: [Float]) in .reals(values.map(Double.init)) }
        case .float8Array: return try list { .reals($0) }
        case .textArray: return try list { .texts($0) }
        case .text, .byteaArray, nil: return try some { .text($0) }
        }
    }
}
