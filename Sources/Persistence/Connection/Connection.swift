import CPostgres

/// One session with one owner: no lock, not sendable while in use, everything synchronous.
///
/// A lost connection shows as an error that ``PersistenceError/isRetriable``; the next statement after it connects
/// again, unless a transaction was open. Statements are parsed once a session.
public final class Connection {
    public let target: ConnectionTarget
    let settings: SessionSettings
    /// nil until connected and after the connection was lost.
    private(set) var handle: OpaquePointer?
    /// Everything parsed so far in any session, in order: what the next session parses again.
    private var known: [(statement: Statement, types: [UInt32])] = []
    private var parsed: Set<String> = []
    /// Whether the server has refused to write: a session that began on a standby or in a read-only phase stays so.
    private var isReadOnly = false
    /// Hears of every exchange with the server, on the owner's thread: nil when it answered as hoped, the error when not. A
    /// pipeline is one exchange.
    public var onExchange: (PersistenceError?) -> Void = { _ in }

    /// - Parameter uri: libpq connection URI.
    /// - Throws: ``PersistenceError`` when the URI can't be read or the server not be reached.
    public convenience init(uri: String, settings: SessionSettings) throws {
        try self.init(ConnectionTarget(uri: uri), settings: settings)
    }

    public init(_ target: ConnectionTarget, settings: SessionSettings) throws {
        self.target = target
        self.settings = settings
        try connect()
    }

    deinit { PQfinish(handle) }

    /// Whether the session is alive as far as this side knows.
    public var isConnected: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

    /// The server's process, for those who watch or end it; 0 when not connected.
    public var backend: Int32 { handle.map(PQbackendPID) ?? 0 }

    public var inTransaction: Bool {
        handle.map { PQtransactionStatus($0) }.map { $0 == PQTRANS_INTRANS || $0 == PQTRANS_INERROR } ?? false
    }

    /// Ends the session, if any; the next statement starts another.
    public func disconnect() {
        PQfinish(handle)
        handle = nil
        parsed = []
        isReadOnly = false
    }

    /// What an exchange's failure says of the session.
    func learn(from error: PersistenceError) {
        if error.sqlState == PersistenceError.readOnlyState { isReadOnly = true }
    }

    /// A new session, settings and statements as in the old one.
    public func reconnect() throws {
        disconnect()
        try connect()
    }

    func live() throws -> OpaquePointer {
        if let handle, PQstatus(handle) == CONNECTION_OK, !isReadOnly || inTransaction { return handle }
        try reconnect()
        guard let handle else { throw PersistenceError(.connection, "not connected to \(target.place)") }
        return handle
    }

    // MARK: Statements

    /// Runs `sql`, which may hold several statements and no parameters.
    public func exec(_ sql: String) throws {
        try observed {
            let handle = try live()
            let answer = Answer(PQexec(handle, sql))
            try check(answer, "running a statement")
        }
    }

    /// Runs one statement that is parsed each time.
    @discardableResult
    public func query(_ sql: String, _ parameters: [Parameter] = []) throws -> Rows {
        try observed {
            let handle = try live()
            try refuseNUL(parameters, "running a statement")
            let answer = withWire(parameters) { types, values, lengths, formats in
                Answer(PQexecParams(handle, sql, Int32(parameters.count), types, values, lengths, formats, 1))
            }
            return try rows(answer, "running a statement")
        }
    }

    /// Runs a statement that is parsed once a session.
    @discardableResult
    func run(_ statement: Statement, _ parameters: [Parameter] = []) throws -> Rows {
        try observed {
            let handle = try live()
            try refuseNUL(parameters, statement.name)
            try prepare(statement, types: parameters.map(\.type.rawValue))
            let answer = withWire(parameters) { _, values, lengths, formats in
                Answer(PQexecPrepared(handle, statement.name, Int32(parameters.count), values, lengths, formats, 1))
            }
            return try rows(answer, statement.name)
        }
    }

    /// Runs `body` between BEGIN and COMMIT; anything it throws rolls back.
    public func transaction<T>(_ body: () throws -> T) throws -> T {
        try exec("BEGIN")
        do {
            let result = try body()
            // COMMIT of a failed transaction answers ROLLBACK and no error, so the status is asked before.
            guard let handle, PQtransactionStatus(handle) == PQTRANS_INTRANS else {
                throw PersistenceError(.connection, "the transaction ended before its commit")
            }
            try exec("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` in a transaction that reads, all of it from the same state of the tables.
    public func reading<T>(_ body: () throws -> T) throws -> T {
        try exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        // Nothing was written that a commit could keep.
        defer { rollBack() }
        return try body()
    }

    /// What breaks off the statement that the session is running, from another thread; nil when not connected.
    public var breakOff: BreakOff? { handle.flatMap(BreakOff.init) }

    /// Leaves whatever transaction is open; a session that can't is ended, which does the same.
    func rollBack() {
        guard inTransaction else { return }
        do { try exec("ROLLBACK") } catch { disconnect() }
    }

    func prepare(_ statement: Statement, types: [UInt32]) throws {
        guard !parsed.contains(statement.name), let handle else { return }
        if let open = known.first(where: { $0.statement.name == statement.name }) {
            precondition(open.statement == statement, "two statements are called \(statement.name)")
        } else {
            known.append((statement, types))
        }
        try parse(statement, types: types, handle)
    }

    private func parse(_ statement: Statement, types: [UInt32], _ handle: OpaquePointer) throws {
        try observed {
            let answer = Answer(PQprepare(handle, statement.name, statement.sql, Int32(types.count), types))
            try check(answer, "preparing \(statement.name)")
        }
        parsed.insert(statement.name)
    }

    // MARK: Connecting

    private func connect() throws {
        let options = settings.transport + [("dbname", target.uri), ("client_encoding", "UTF8")]
        let made = withCStrings(options.map(\.0)) { names in
            withCStrings(options.map(\.1)) { values in PQconnectStartParams(names, values, 1) }
        }
        guard let made else { throw PersistenceError(.connection, "out of memory while connecting") }
        // A message of the verbose kind is the only place where libpq tells the SQLSTATE of a refused connection.
        // Verbosity belongs to a handle, and PQreset is the blocking connect that keeps it.
        PQsetErrorVerbosity(made, PQERRORS_VERBOSE)
        PQsetNoticeProcessor(made, { _, _ in }, nil)
        PQreset(made)
        guard PQstatus(made) == CONNECTION_OK else {
            defer { PQfinish(made) }
            throw refused(
                String(cString: PQerrorMessage(made)), PQconninfo(made).map(ConnectionOptions.init(consuming:)))
        }
        PQsetErrorVerbosity(made, PQERRORS_DEFAULT)
        handle = made
        do { try onConnect() } catch {
            disconnect()
            throw error
        }
    }

    /// Everything that makes a fresh session one of ours.
    private func onConnect() throws {
        guard let handle else { return }
        let assignments = settings.assignments
        let calls = assignments.indices.map { "set_config($\(2 * $0 + 1), $\(2 * $0 + 2), false)" }
        try query("SELECT \(calls.joined(separator: ", "))", assignments.flatMap { [.text($0.name), .text($0.value)] })
        for (statement, types) in known { try parse(statement, types: types, handle) }
    }

    private func refused(_ message: String, _ used: ConnectionOptions?) -> PersistenceError {
        let lines = message.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("LOCATION:") }
        let said = target.redacted(lines.joined(separator: "\n"), used)
        // With several hosts the last refusal counts. The digit tells a state from the word FATAL.
        let state = message.matches(of: #/:\s+(?=[A-Z]*[0-9])([0-9A-Z]{5}):\s/#).last.map { String($0.1) }
        let text = "can't connect to \(target.place): \(said)"
        guard let state else { return PersistenceError(.connection, text) }
        return PersistenceError(.server, text, sqlState: state)
    }
}
