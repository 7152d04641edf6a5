import Kafka

/// The ledgers of all partitions that this worker reads, and what they hold together.
///
/// A value without clock or threads; the Kafka thread owns it.
struct OffsetTracker<Outcome: Sendable>: Sendable {
    /// Names a record in flight: with it a result finds its ledger, or finds that the ledger is gone.
    struct Ticket: Sendable, Hashable {
        let partition: TopicPartition
        let assignment: Int
        let offset: Int64
    }

    private var ledgers: [TopicPartition: PartitionLedger<Outcome>] = [:]
    private var lastAssignment = 0

    /// Opens a ledger with a new assignment number; an older one of the same partition is dropped.
    @discardableResult
    mutating func assign(_ partition: TopicPartition, startingAt offset: Int64) -> Int {
        lastAssignment += 1
        ledgers[partition] = PartitionLedger(assignment: lastAssignment, startingAt: offset)
        return lastAssignment
    }

    /// Drops a ledger: what is still at work for it will be ignored, and read again by whoever owns the partition next.
    mutating func revoke(_ partition: TopicPartition) { ledgers[partition] = nil }

    /// Notes a record that goes to work.
    ///
    /// - Returns: `nil` for a record to be dropped: its partition isn't assigned, or it was handed out before.
    mutating func handOut(_ partition: TopicPartition, offset: Int64, bytes: Int) -> Ticket? {
        guard let assignment = ledgers[partition]?.assignment,
            ledgers[partition]?.handOut(offset, bytes: bytes) == true
        else { return nil }
        return Ticket(partition: partition, assignment: assignment, offset: offset)
    }

    /// Notes that a record is done.
    ///
    /// - Returns: `false` when it is of no use any more: revoked meanwhile, or done before.
    @discardableResult
    mutating func finish(_ ticket: Ticket, _ outcome: Outcome) -> Bool {
        ledgers[ticket.partition]?.finish(ticket.offset, assignment: ticket.assignment, outcome) ?? false
    }

    /// Gives a record up; see ``PartitionLedger/abandon(_:assignment:)``.
    mutating func abandon(_ ticket: Ticket) {
        ledgers[ticket.partition]?.abandon(ticket.offset, assignment: ticket.assignment)
    }

    /// What may be stored now, by partition; see ``PartitionLedger/finishedPrefix(limit:)``.
    func finishedPrefixes(limit: Int = .max) -> [TopicPartition: PartitionLedger<Outcome>.Prefix] {
        ledgers.compactMapValues { $0.finishedPrefix(limit: limit) }
    }

    /// Notes that the database holds a prefix.
    ///
    /// - Returns: `false` when the partition was revoked meanwhile or the prefix was stored before.
    @discardableResult
    mutating func store(_ prefix: PartitionLedger<Outcome>.Prefix, of partition: TopicPartition) -> Bool {
        ledgers[partition]?.store(prefix) ?? false
    }

    /// The next offset to read of each partition, as the database holds it: what to commit to Kafka.
    var storedOffsets: [TopicPartition: Int64] { ledgers.mapValues(\.storedOffset) }

    /// Bytes of all records handed out and not yet stored, the finished ones behind a gap included.
    var outstandingBytes: Int { ledgers.values.reduce(0) { $0 + $1.outstandingBytes } }

    /// Records handed out and not yet stored.
    var outstandingCount: Int { ledgers.values.reduce(0) { $0 + $1.outstandingCount } }

    subscript(partition: TopicPartition) -> PartitionLedger<Outcome>? { ledgers[partition] }
}
