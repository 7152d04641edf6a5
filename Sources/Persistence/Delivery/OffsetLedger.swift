/// Who owns which partition, and how far it is: the truth about offsets.
public struct OffsetLedger {
    private let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    private static let claim = Statement(
        "entente_claim_partition",
        "SELECT \(OffsetPosition.columns) FROM entente.claim_partition($1, $2, $3, $4, $5)")
    private static let position = Statement(
        "entente_offset_position",
        """
        SELECT \(OffsetPosition.columns) FROM entente.job_offsets
        WHERE consumer_group = $1 AND topic = $2 AND partition = $3
        """)
    private static let positions = Statement(
        "entente_offset_positions",
        """
        SELECT partition, \(OffsetPosition.columns) FROM entente.job_offsets
        WHERE consumer_group = $1 AND topic = $2 ORDER BY partition
        """)
    private static let beginTopic = Statement("entente_begin_topic", "SELECT entente.begin_topic($1, $2, $3, $4)")
    private static let start = Statement(
        "entente_start_offset",
        """
        UPDATE entente.job_offsets
        SET next_offset = coalesce(next_offset, $5), cluster_id = coalesce(cluster_id, $6)
        WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND epoch = $4
        """)
    private static let hold = Statement(
        "entente_hold_offset",
        """
        UPDATE entente.job_offsets SET held_because = $5, held_since = clock_timestamp(), is_other_log = true
        WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND epoch = $4 AND held_because IS NULL
        """)

    /// Takes a partition over: whoever had it before is fenced from now on. Waits for a batch of theirs that is
    /// being committed, and then starts behind it.
    ///
    /// - Throws: ``PersistenceError`` of code `schema` if the schema has left this build behind.
    public func claim(_ partition: PartitionKey, owner: String) throws -> OffsetPosition {
        let rows = try connection.run(
            Self.claim, partition.parameters + [.text(owner), .int(Int32(Migrator.buildVersion))])
        return try OffsetPosition(rows, row: 0)
    }

    /// nil when nobody ever claimed it.
    public func position(_ partition: PartitionKey) throws -> OffsetPosition? {
        let rows = try connection.run(Self.position, partition.parameters)
        return rows.count > 0 ? try OffsetPosition(rows, row: 0) : nil
    }

    /// Of every partition of a topic that a group has begun or claimed.
    public func positions(of topic: String, group: String) throws -> [Int32: OffsetPosition] {
        let rows = try connection.run(Self.positions, [.text(group), .text(topic)])
        var found: [Int32: OffsetPosition] = [:]
        for row in 0..<rows.count {
            found[try rows.int(row, 0)] = try OffsetPosition(rows, row: row, from: 1)
        }
        return found
    }

    /// Says where a group begins with a topic, the first time; later calls change nothing.
    ///
    /// - Parameters:
    ///   - starts: the first offset to read of each partition, from 0 on; nil where the log can't be asked now.
    ///   - time: what stands for those: -2 the oldest record, else milliseconds since 1970.
    public func begin(_ topic: String, group: String, starts: [Int64?], at time: Int64) throws {
        try connection.run(Self.beginTopic, [.text(group), .text(topic), .bigints(starts), .bigint(time)])
    }

    /// Notes where a claimed partition is begun, if it has not been, and of which cluster it is, if that is not known.
    ///
    /// - Returns: `false` when the partition has another owner by now.
    public func start(_ partition: PartitionKey, epoch: Int64, at offset: Int64, cluster: String?) throws -> Bool {
        try connection.run(
            Self.start, partition.parameters + [.bigint(epoch), .bigint(offset), .text(cluster)]
        ).affected == 1
    }

    /// Has a claimed partition whose log is another one wait for an operator. Without effect for one that has another owner by now.
    public func hold(_ partition: PartitionKey, epoch: Int64, because reason: String) throws {
        try connection.run(Self.hold, partition.parameters + [.bigint(epoch), .text(reason)])
    }
}
