@testable import Delivery

/// A ledger behind a reference: expectations take no calls that mutate a value.
final class LedgerProbe<Outcome: Sendable> {
    private(set) var value: PartitionLedger<Outcome>

    init(_ value: PartitionLedger<Outcome>) { self.value = value }

    func handOut(_ offset: Int64, bytes: Int) -> Bool { value.handOut(offset, bytes: bytes) }
    func abandon(_ offset: Int64) { value.abandon(offset) }
    func finish(_ offset: Int64, _ outcome: Outcome) -> Bool { value.finish(offset, outcome) }
    func store(_ prefix: PartitionLedger<Outcome>.Prefix) -> Bool { value.store(prefix) }
}
