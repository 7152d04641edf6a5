/// Where a worker that stopped since too much failed leaves what it saw, for the one that is started in its place.
public struct FailureHistoryStore {
    private let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    /// - Parameter host: whose files, mounts and network the failures were seen with.
    public func note(_ history: FailureHistory, group: String, host: String) throws {
        try connection.query(
            "SELECT entente.note_failure_window($1, $2, $3, $4)",
            [
                .text(group), .text(host), .bools(history.outcomes), .int(Int32(clamping: history.failedJobs)),
            ])
    }

    /// What was noted within the last hour, once.
    public func take(group: String, host: String) throws -> FailureHistory? {
        let rows = try connection.query(
            "SELECT outcomes, failed_jobs FROM entente.take_failure_window($1, $2) WHERE outcomes IS NOT NULL",
            [.text(group), .text(host)])
        guard rows.count > 0 else { return nil }
        return FailureHistory(outcomes: try rows.bools(0, 0), failedJobs: Int(try rows.int(0, 1)))
    }
}
