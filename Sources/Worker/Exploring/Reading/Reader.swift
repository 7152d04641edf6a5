import Persistence

/// Asks for a page's rows, all of one state of the tables, and keeps what it asked.
final class Reader {
    private let connection: Connection
    private let isCancelled: () -> Bool
    private(set) var asked: [Asked] = []

    /// - Parameter isCancelled: whether nobody waits for the rows any more.
    init(_ connection: Connection, isCancelled: @escaping () -> Bool = { false }) {
        (self.connection, self.isCancelled) = (connection, isCancelled)
    }

    /// - Parameters:
    ///   - what: what the rows are, for whoever copies the statement.
    ///   - formats: of columns by name; others are shown as decimals.
    func rows(_ what: String, _ sql: String, _ values: [Value] = [], _ formats: [String: Format] = [:]) throws
        -> [Record]
    {
        asked.append(Asked(what: what, sql: sql, values: values))
        let rows = try raw(sql, values)
        return try (0..<rows.count).map { row in
            var record = Record()
            for (column, name) in rows.columns.enumerated() {
                record[name] = Self.node(try rows.cell(row, column), formats[name] ?? .decimal)
            }
            return record
        }
    }

    /// The rows as the server sent them, of a statement that is nobody's to copy.
    ///
    /// - Throws: `CancellationError` between two statements: what is called off then reaches no server.
    func raw(_ sql: String, _ values: [Value]) throws -> Rows {
        guard !isCancelled() else { throw CancellationError() }
        return try connection.query(sql, values.map(\.parameter))
    }

    private static func node(_ cell: Cell, _ format: Format) -> Node {
        switch cell {
        case .null: .absent
        case .flag(let flag): .flag(flag)
        case .integer(let number): .count(Int(number))
        case .real(let number): format.node(number)
        case .text(let text): .text(text)
        // Bytes are asked for as such.
        case .bytes: .absent
        case .flags(let flags): .list(flags.map { .flag($0) })
        case .integers(let numbers): .list(numbers.map { .count(Int($0)) })
        case .reals(let numbers): .list(numbers.map { format.node($0) })
        case .texts(let texts): .list(texts.map { .text($0) })
        }
    }
}
