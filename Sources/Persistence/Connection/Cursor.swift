/// Reads a query's rows a page at a time, so that a million of them need no memory on either side.
///
/// A cursor lives in a transaction of its connection, and what it reads is of that transaction's moment: open it inside
/// ``Connection/snapshot(_:)`` and let nothing else use the connection until it is closed.
public struct Cursor {
    private let connection: Connection
    private let name: String
    private let pageSize: Int

    /// - Parameter name: a plain identifier, one cursor a name at a time.
    init(_ connection: Connection, name: String, pageSize: Int = 1000, _ sql: String, _ parameters: [Parameter]) throws
    {
        self.connection = connection
        self.name = name
        self.pageSize = pageSize
        try connection.query("DECLARE \(name) NO SCROLL CURSOR FOR \(sql)", parameters)
    }

    /// Every page in turn, and then the cursor is closed.
    func forEachPage(_ body: (Rows) throws -> Void) throws {
        while true {
            let rows = try connection.query("FETCH \(pageSize) FROM \(name)")
            if rows.count > 0 { try body(rows) }
            guard rows.count == pageSize else { break }
        }
        try connection.query("CLOSE \(name)")
    }
}

extension Connection {
    /// Runs `body` with everything that it reads coming from one moment; it may read slowly and write nothing.
    public func snapshot<R>(_ body: () throws -> R) throws -> R {
        try transaction {
            try exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            // Whoever reads slowly holds no row that anybody waits for.
            try exec("SET LOCAL idle_in_transaction_session_timeout = 0")
            return try body()
        }
    }
}
