/// What every session of ours is told after it connects.
public struct SessionSettings: Sendable {
    /// Shown in `pg_stat_activity`; the worker's id, so that an operator can tell who holds what.
    public var applicationName: String
    /// Milliseconds; 0 is no limit.
    public var statementTimeout = 30_000
    public var lockTimeout = 10_000
    /// A frozen worker would otherwise hold its partition's row, and whoever claims the partition would wait.
    public var idleInTransactionTimeout = 10_000
    /// Whether a commit waits for the disk. Not needed for notes that matter only while the server lives.
    public var synchronousCommit = true
    /// Whether only a server that can be written to will do, of those that the URI names; the URI may say otherwise.
    public var writes = false
    /// Whether the session's transactions may only read.
    public var onlyReads = false
    /// The role whose rights the session has, instead of those of its log-in, which has to be a member of it.
    public var role: String?

    public init(applicationName: String) { self.applicationName = applicationName }

    /// No time-outs but the idle one: for migrations, verification and other long statements.
    public static func patient(applicationName: String) -> SessionSettings {
        var settings = SessionSettings(applicationName: applicationName)
        settings.statementTimeout = 0
        settings.lockTimeout = 0
        return settings
    }

    var assignments: [(name: String, value: String)] {
        [
            ("application_name", applicationName),
            ("client_min_messages", "error"),
            ("default_transaction_isolation", "read committed"),
            // Compiling a plan costs more than running any of ours.
            ("jit", "off"),
            ("statement_timeout", "\(statementTimeout)"),
            ("lock_timeout", "\(lockTimeout)"),
            ("idle_in_transaction_session_timeout", "\(idleInTransactionTimeout)"),
            // So that the server, too, lets go of a session whose other end is gone: it may hold locks.
            ("tcp_keepalives_idle", Self.idle), ("tcp_keepalives_interval", Self.interval),
            ("tcp_keepalives_count", Self.count), ("tcp_user_timeout", Self.userTimeout),
        ] + (synchronousCommit ? [] : [("synchronous_commit", "off")])
            + (onlyReads ? [("default_transaction_read_only", "on")] : []) + (role.map { [("role", $0)] } ?? [])
    }

    // Either end's: keepalives find a dead peer within about a minute while waiting, the user time-out while sending.
    private static let (idle, interval, count, userTimeout) = ("20", "10", "3", "60000")

    /// Told to libpq before the URI, which may say otherwise.
    var transport: [(String, String)] {
        [
            ("connect_timeout", "10"), ("keepalives", "1"), ("keepalives_idle", Self.idle),
            ("keepalives_interval", Self.interval), ("keepalives_count", Self.count),
            ("tcp_user_timeout", Self.userTimeout),
        ] + (writes ? [("target_session_attrs", "read-write")] : [])
    }
}
