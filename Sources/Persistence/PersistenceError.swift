/// What went wrong between this process and PostgreSQL; the one error this module throws.
///
/// The description is a sentence or two that name the operation and, for the server's errors, the SQLSTATE. It never
/// holds a password, a value that was sent or a row's content, so it may be logged and shown.
public struct PersistenceError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The connection could not be made, or was lost.
        case connection
        /// The server refused a statement; ``PersistenceError/sqlState`` says why.
        case server
        /// A partition was claimed by another worker since: nothing was written, and nothing of it may be.
        case fenced
        /// A value that a column can't hold, found before it was sent.
        case value
        /// The server's answer does not have the shape that was asked for.
        case answer
        /// The database's schema and this build do not fit together.
        case schema
        /// What was asked for is of a method revision that this build does not know.
        case revision
        /// Something that was named is not there, or the name fits several.
        case notFound = "not_found"
        /// The connection URI can't be read.
        case configuration
        /// A private PostgreSQL cluster could not be started.
        case cluster
    }

    public let code: Code
    /// The server's five characters, where it got as far as saying so.
    public let sqlState: String?
    /// For ``Code/fenced``: the partitions that are no longer this worker's.
    public let fenced: [PartitionKey]
    public let description: String

    public init(_ code: Code, _ description: String, sqlState: String? = nil, fenced: [PartitionKey] = []) {
        self.code = code
        self.sqlState = sqlState
        self.fenced = fenced
        self.description = description
    }

    /// Raised by `entente.advance_offset`.
    static let fencedState = "EN001"
    /// Raised by `entente.check_group_digests`.
    static let groupConflictState = "EN002"
    /// Raised by `entente.check_results`.
    static let imageConflictState = "EN014"
    /// Raised by `entente.claim_offset`.
    static let leftBehindState = "EN003"
    /// The server's own: it takes no writes in this session.
    static let readOnlyState = "25006"
}

extension PersistenceError {
    /// The same statement may succeed later: the database is away, restarting, full, busy or read-only.
    public var isRetriable: Bool {
        switch code {
        case .connection: true
        case .server: sqlState.map(Self.retriable) ?? false
        default: false
        }
    }

    /// The server refuses what it will not refuse any more once an operator has mended it, without this process having to
    /// end: log-in (28), rights, a database, schema, table or function that is not there.
    public var awaitsOperator: Bool {
        guard code == .server, let sqlState else { return false }
        return sqlState.hasPrefix("28") || ["42501", "42883", "42P01", "3D000", "3F000"].contains(sqlState)
    }

    /// A statement took longer than it may.
    public var isTimeout: Bool { code == .server && sqlState == "57014" }

    /// A value is out of range, or not what it should be; in a session that only reads, one that was asked for.
    public var isOfValues: Bool { code == .server && sqlState?.hasPrefix("22") == true }

    /// One of the records can't be stored, ever; the others can. ``BatchWriter/refused(in:)`` tells which.
    public var isRecordLevel: Bool {
        switch code {
        case .value: true
        case .server:
            sqlState.map { $0.hasPrefix("22") || $0.hasPrefix("23") } ?? false || isGroupConflict || isImageConflict
        default: false
        }
    }

    /// An image has a result already that was computed in another group.
    public var isGroupConflict: Bool { sqlState == Self.groupConflictState }

    /// An image has a result already of another label, or of other bytes.
    public var isImageConflict: Bool { sqlState == Self.imageConflictState }

    /// Another worker owns a partition of the batch.
    public var isFenced: Bool { code == .fenced }

    /// Neither waiting nor leaving a record out mends it: wrong schema, rights, database or a bug.
    public var isFatal: Bool { !isRetriable && !isRecordLevel && !isFenced }

    /// Connection exceptions, shutdown and start-up of the server, resources, serialisation, deadlock, lock and
    /// statement time-outs, idle-in-transaction time-out, and a server that is read-only for now (fail-over).
    private static func retriable(_ state: String) -> Bool {
        state.hasPrefix("08") || state.hasPrefix("53") || state.hasPrefix("58")
            || [
                "57P01", "57P02", "57P03", "57P05", "40001", "40P01", "55P03", "57014", readOnlyState, "25P03",
            ].contains(state)
    }
}
