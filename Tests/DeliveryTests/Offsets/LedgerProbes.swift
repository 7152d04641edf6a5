@testable import Delivery
@testable import Kafka

/// A ledger behind a reference: expectations take no calls that mutate a value.
final class LedgerProbe<Outcome: Sendable> {
    private(set) var value: PartitionLedger<Outcome>

    init(_ value: PartitionLedger<Outcome>) { self.value = value }

    func handOut(_ offset: Int64, bytes: Int) -> Bool { value.handOut(offset, bytes: bytes) }
    func abandon(_ offset: Int64, assignment: Int) { value.abandon(offset, assignment: assignment) }
    func finish(_ offset: Int64, assignment: Int, _ outcome: Outcome) -> Bool {
        value.finish(offset, assignment: assignment, outcome)
    }
    func store(_ prefix: PartitionLedger<Outcome>.Prefix) -> Bool { value.store(prefix) }
}

/// A tracker behind a reference.
final class TrackerProbe<Outcome: Sendable> {
    private(set) var value = OffsetTracker<Outcome>()

    func assign(_ partition: TopicPartition, startingAt offset: Int64) {
        value.assign(partition, startingAt: offset)
    }
    func revoke(_ partition: TopicPartition) { value.revoke(partition) }
    func handOut(_ partition: TopicPartition, offset: Int64, bytes: Int) -> OffsetTracker<Outcome>.Ticket? {
        value.handOut(partition, offset: offset, bytes: bytes)
    }
    func finish(_ ticket: OffsetTracker<Outcome>.Ticket, _ outcome: Outcome) -> Bool { value.finish(ticket, outcome) }
    func store(_ prefix: PartitionLedger<Outcome>.Prefix, of partition: TopicPartition) -> Bool {
        value.store(prefix, of: partition)
    }
}
