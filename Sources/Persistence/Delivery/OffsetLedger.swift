/// Who owns which partition, and how far it is: the truth about offsets.
public struct OffsetLedger {
    private let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    public struct Position: Sendable, Hashable {
        public let epoch: Int64
        /// First offset whose outcome is not in the tables; nil when nobody has worked on the partition.
        public let nextOffset: Int64?
        public init(epoch: Int64, nextOffset: Int64?) {
            self.epoch = epoch
            self.nextOffset = nextOffset
        }
    }

    private static let claim = Statement(
        "entente_claim_offset", "SELECT epoch, next_offset FROM entente.claim_offset($1, $2, $3, $4, $5)")
    private static let position = Statement(
        "entente_offset_position",
        """
        SELECT epoch, next_offset FROM entente.job_offsets
        WHERE consumer_group = $1 AND topic = $2 AND partition = $3
        """)

    /// Takes a partition over: whoever had it before is fenced from now on. Waits for a batch of theirs that is
    /// being committed, and then starts behind it.
    ///
    /// - Throws: ``PersistenceError`` of code `schema` if the schema has left this build behind.
    public func claim(_ partition: PartitionKey, owner: String) throws -> Position {
        let rows = try connection.run(
            Self.claim, partition.parameters + [.text(owner), .int(Int32(Migrator.buildVersion))])
        return try Position(epoch: rows.bigint(0, 0), nextOffset: rows.optionalBigint(0, 1))
    }

    /// nil when nobody ever claimed it.
    public func position(_ partition: PartitionKey) throws -> Position? {
        let rows = try connection.run(Self.position, partition.parameters)
        guard rows.count > 0 else { return nil }
        return try Position(epoch: rows.bigint(0, 0), nextOffset: rows.optionalBigint(0, 1))
    }
}
