import CPostgres
import Inference

/// The rows a statement returned, kept as libpq received them; columns are read by type and place, from binary.
public struct Rows: Sendable {
    /// Rows returned.
    public let count: Int
    /// Rows inserted, updated, deleted or selected, as the command tag says.
    public let affected: Int
    let types: [UInt32]
    public let columns: [String]
    private let answer: Answer

    /// nil when there is no result, which is how libpq says that a connection is gone.
    init?(_ answer: Answer) {
        guard let result = answer.result else { return nil }
        self.answer = answer
        count = Int(PQntuples(result))
        affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
        types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
    }

    public func text(_ row: Int, _ column: Int) throws -> String { try required(row, column) }
    public func identifier(_ row: Int, _ column: Int) throws -> Identifier { try required(row, column) }
    public func bigint(_ row: Int, _ column: Int) throws -> Int64 { try required(row, column) }
    public func int(_ row: Int, _ column: Int) throws -> Int32 { try required(row, column) }
    public func bool(_ row: Int, _ column: Int) throws -> Bool { try required(row, column) }
    public func double(_ row: Int, _ column: Int) throws -> Double { try required(row, column) }
    public func real(_ row: Int, _ column: Int) throws -> Float { try required(row, column) }
    public func bytes(_ row: Int, _ column: Int) throws -> [UInt8] { try required(row, column) }

    public func optionalText(_ row: Int, _ column: Int) throws -> String? { try optional(row, column) }
    public func optionalIdentifier(_ row: Int, _ column: Int) throws -> Identifier? { try optional(row, column) }
    public func optionalBigint(_ row: Int, _ column: Int) throws -> Int64? { try optional(row, column) }
    public func optionalInt(_ row: Int, _ column: Int) throws -> Int32? { try optional(row, column) }
    public func optionalBool(_ row: Int, _ column: Int) throws -> Bool? { try optional(row, column) }
    public func optionalDouble(_ row: Int, _ column: Int) throws -> Double? { try optional(row, column) }
    public func optionalBytes(_ row: Int, _ column: Int) throws -> [UInt8]? { try optional(row, column) }

    public func texts(_ row: Int, _ column: Int) throws -> [String] { try elements(row, column) }
    public func ints(_ row: Int, _ column: Int) throws -> [Int32] { try elements(row, column) }
    public func bigints(_ row: Int, _ column: Int) throws -> [Int64] { try elements(row, column) }
    public func reals(_ row: Int, _ column: Int) throws -> [Float] { try elements(row, column) }
    public func doubles(_ row: Int, _ column: Int) throws -> [Double] { try elements(row, column) }
    public func bools(_ row: Int, _ column: Int) throws -> [Bool] { try elements(row, column) }
    func optionalInts(_ row: Int, _ column: Int) throws -> [Int32?] { try optionalElements(row, column) }
    func optionalIdentifiers(_ row: Int, _ column: Int) throws -> [Identifier?] { try optionalElements(row, column) }
    func optionalTexts(_ row: Int, _ column: Int) throws -> [String?] { try optionalElements(row, column) }
    public func optionalByteStrings(_ row: Int, _ column: Int) throws -> [[UInt8]?] {
        try optionalElements(row, column)
    }

    /// `body` with a cell's bytes, valid only inside; nil for NULL.
    private func withCell<R>(
        _ row: Int, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) throws -> R? {
        guard row >= 0, row < count, column >= 0, column < columns.count else {
            throw PersistenceError(
                .answer,
                "the answer has \(count) rows of \(columns.count) columns, none at row \(row), column \(column)")
        }
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(answer.result, row, column) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(answer.result, row, column), count: Int(PQgetlength(answer.result, row, column)))
        return try withExtendedLifetime(answer) { try body(bytes.bindMemory(to: UInt8.self)) }
    }

    func isNull(_ row: Int, _ column: Int) throws -> Bool { try withCell(row, column) { _ in true } == nil }

    func optional<V: WireValue>(_ row: Int, _ column: Int, as: V.Type = V.self) throws -> V? {
        try withCell(row, column) { bytes in
            guard V.type.rawValue == types[column] || V.alsoReads.contains(types[column]), let value = V(wire: bytes)
            else { throw mismatch(column, wanted: "\(V.type)") }
            return value
        }
    }

    private func required<V: WireValue>(_ row: Int, _ column: Int) throws -> V {
        guard let value: V = try optional(row, column) else {
            throw PersistenceError(.answer, "column \(columns[column]) of the answer is NULL")
        }
        return value
    }

    private func optionalElements<V: WireValue>(_ row: Int, _ column: Int) throws -> [V?] {
        let values: [V?]? = try withCell(row, column) { bytes in
            guard V.type.array.rawValue == types[column], let values: [V?] = WireArray.elements(bytes) else {
                throw mismatch(column, wanted: "\(V.type.array)")
            }
            return values
        }
        guard let values else { throw PersistenceError(.answer, "column \(columns[column]) of the answer is NULL") }
        return values
    }

    func elements<V: WireValue>(_ row: Int, _ column: Int) throws -> [V] {
        try optionalElements(row, column).map { (value: V?) in
            guard let value else {
                throw PersistenceError(.answer, "an element of column \(columns[column]) of the answer is NULL")
            }
            return value
        }
    }

    private func mismatch(_ column: Int, wanted: String) -> PersistenceError {
        PersistenceError(
            .answer, "column \(columns[column]) of the answer has type \(types[column]), which is not read as \(wanted)"
        )
    }
}
