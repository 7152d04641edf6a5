import DequeModule
import Kafka

/// A partition that this worker claimed, and what became of its records since: handed out in order, finished in any order,
/// stored in order.
///
/// A value without clock or threads. `Outcome` is what a finished record leaves to be stored.
///
/// Only the finished prefix may be stored, so that the database's next offset never passes a record that isn't done.
/// Offsets need not be contiguous: Kafka leaves gaps where transactions are marked and where compaction has been.
struct PartitionLedger<Outcome: Sendable>: Sendable {
    let partition: TopicPartition
    /// Of the claim; no two claims of a partition have the same, so it tells what was handed out under which.
    let epoch: Int64
    /// Everything below is stored.
    private(set) var storedOffset: Int64
    /// Whether ``storedOffset`` is what the database holds, or a choice for a group's first start.
    private(set) var isStored: Bool
    /// Crashes of each job, by its offset, that was in flight when the former owner vanished.
    let suspects: [Int64: Int]
    /// Jobs that wait for a model, or for the database to say which.
    var stalled = 0
    /// Nothing below will be handed out any more.
    private(set) var nextOffset: Int64
    /// Bytes of all records handed out and not yet stored, the finished ones behind a gap included.
    private(set) var outstandingBytes = 0
    private var entries: Deque<Entry> = []

    private struct Entry: Sendable {
        let offset: Int64
        let bytes: Int
        var outcome: Outcome?
    }

    init(
        _ partition: TopicPartition, startingAt start: Int64, epoch: Int64, isStored: Bool, suspects: [Int64: Int] = [:]
    ) {
        self.partition = partition
        self.epoch = epoch
        self.isStored = isStored
        self.suspects = suspects
        storedOffset = start
        nextOffset = start
    }

    /// Records handed out and not yet stored.
    var outstandingCount: Int { entries.count }

    /// What the next transaction has to find in the database; nil before the group's first offset.
    private var expected: Int64? { isStored ? storedOffset : nil }

    /// Notes a record that goes to work.
    ///
    /// - Returns: `false` for an offset that was handed out before, or lies below the start: a duplicate delivery, to be
    ///   dropped.
    mutating func handOut(_ offset: Int64, bytes: Int) -> Bool {
        guard offset >= nextOffset else { return false }
        entries.append(Entry(offset: offset, bytes: bytes))
        outstandingBytes += bytes
        nextOffset = offset + 1
        return true
    }

    /// Notes that a record is done.
    ///
    /// - Returns: `false`, and nothing is changed, for one that was never handed out and one that was done before.
    /// - Complexity: O(log n) in the records outstanding.
    @discardableResult
    mutating func finish(_ offset: Int64, _ outcome: Outcome) -> Bool {
        guard let index = index(of: offset), entries[index].outcome == nil else { return false }
        entries[index].outcome = outcome
        return true
    }

    /// Gives a record up: it and all behind it will not be stored under this claim, and none is handed out any more. What
    /// lies before it still may be stored.
    mutating func abandon(_ offset: Int64) {
        guard let index = index(of: offset), entries[index].outcome == nil else { return }
        outstandingBytes -= entries[index...].reduce(0) { $0 + $1.bytes }
        entries.removeSubrange(index...)
        nextOffset = .max
    }

    /// The finished records that lie before the first unfinished one, at most `limit` of them; `nil` when there are
    /// none. Asking again gives them again, until ``store(_:)``.
    func finishedPrefix(limit: Int = .max) -> Prefix? {
        let done = entries.prefix(limit).prefix { $0.outcome != nil }
        guard let last = done.last else { return nil }
        return Prefix(
            partition: partition, epoch: epoch, expected: expected, nextOffset: last.offset + 1,
            outcomes: done.compactMap(\.outcome))
    }

    /// Notes that the database holds a prefix.
    ///
    /// - Returns: `false`, and nothing is changed, for a prefix of another claim or one that was stored before.
    @discardableResult
    mutating func store(_ prefix: Prefix) -> Bool {
        guard prefix.epoch == epoch, prefix.expected == expected else { return false }
        let stored = entries.prefix { $0.offset < prefix.nextOffset }
        outstandingBytes -= stored.reduce(0) { $0 + $1.bytes }
        entries.removeFirst(stored.count)
        storedOffset = prefix.nextOffset
        isStored = true
        return true
    }

    private func index(of offset: Int64) -> Int? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].offset == offset ? low : nil
    }

    /// What one transaction may store of one partition.
    struct Prefix: Sendable {
        let partition: TopicPartition
        let epoch: Int64
        /// What the database has to hold before; nil before the group's first offset.
        let expected: Int64?
        /// What it holds after: one past the last record of the prefix.
        let nextOffset: Int64
        /// In the order of the offsets; never empty.
        let outcomes: [Outcome]
    }
}
