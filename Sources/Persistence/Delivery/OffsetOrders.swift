/// What an operator orders about offsets. Each order raises the epoch, so that whoever reads the partition lets go of it, asks
/// anew, and finds what was ordered.
public struct OffsetOrders {
    private let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    /// A partition as it stands.
    public struct Entry: Sendable {
        public let partition: PartitionKey
        /// The worker that claimed it last; empty when none has.
        public let owner: String
        /// Jobs that were taken and whose outcome is not stored.
        public let jobsInFlight: Int64
        public let position: OffsetPosition
    }

    private static let list = Statement(
        "entente_list_offsets",
        """
        SELECT o.consumer_group, o.topic, o.partition, o.owner,
            (SELECT count(*) FROM entente.in_flight_jobs AS f
             WHERE f.consumer_group = o.consumer_group AND f.topic = o.topic AND f.partition = o.partition),
            \(OffsetPosition.columns)
        FROM entente.job_offsets AS o
        WHERE o.consumer_group = $1 AND o.topic = $2
        ORDER BY o.partition
        """)
    private static let set = Statement(
        "entente_set_offset",
        """
        INSERT INTO entente.job_offsets AS o (consumer_group, topic, partition, epoch, owner, next_offset)
        VALUES ($1, $2, $3, 1, '', $4)
        ON CONFLICT (consumer_group, topic, partition) DO UPDATE
        SET epoch = o.epoch + 1, next_offset = excluded.next_offset, cluster_id = NULL, last_offset = NULL,
            last_digest = NULL, begins_at = NULL, held_because = NULL, held_since = NULL,
            is_other_log = false, updated_at = clock_timestamp()
        """)
    private static let hold = Statement(
        "entente_order_hold",
        """
        UPDATE entente.job_offsets
        SET epoch = epoch + 1, held_because = $4, held_since = clock_timestamp(), updated_at = clock_timestamp()
        WHERE consumer_group = $1 AND topic = $2 AND partition = $3
        """)
    private static let release = Statement(
        "entente_order_release",
        """
        UPDATE entente.job_offsets
        SET epoch = epoch + 1, held_because = NULL, held_since = NULL, is_other_log = false, cluster_id = NULL,
            last_offset = NULL, last_digest = NULL, updated_at = clock_timestamp()
        WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND held_because IS NOT NULL
        """)

    /// The partitions of a topic that a group knows, in order.
    public func list(_ topic: String, group: String) throws -> [Entry] {
        let rows = try connection.run(Self.list, [.text(group), .text(topic)])
        return try (0..<rows.count).map { row in
            try Entry(
                partition: PartitionKey(
                    group: rows.text(row, 0), topic: rows.text(row, 1), partition: rows.int(row, 2)),
                owner: rows.text(row, 3), jobsInFlight: rows.bigint(row, 4),
                position: OffsetPosition(rows, row: row, from: 5))
        }
    }

    /// Has a partition be read from `offset` on, whatever its log was before; it is held no more.
    public func set(_ partition: PartitionKey, to offset: Int64) throws {
        try connection.run(Self.set, partition.parameters + [.bigint(offset)])
    }

    /// Has nobody read a partition until it is released or set.
    ///
    /// - Returns: `false` when the group does not know the partition.
    public func hold(_ partition: PartitionKey, because reason: String) throws -> Bool {
        try connection.run(Self.hold, partition.parameters + [.text(reason)]).affected == 1
    }

    /// Has a held partition be read where it stood, its log being taken as it is now.
    ///
    /// - Returns: `false` when it was not held.
    public func release(_ partition: PartitionKey) throws -> Bool {
        try connection.run(Self.release, partition.parameters).affected == 1
    }
}
