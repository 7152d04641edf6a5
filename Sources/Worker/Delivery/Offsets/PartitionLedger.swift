import DequeModule
import Kafka
import Persistence

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
    /// Everything below is stored: what the database holds.
    private(set) var storedOffset: Int64
    /// The record that has to be read before any other is handed out, which shows that the log is the one that the offset was
    /// counted in; nil once it was, or where there is none.
    private(set) var proof: RecordMark?
    /// Crashes of each job, by its offset, that was in flight when the former owner vanished.
    let suspects: [Int64: Suspicion]
    /// Whether nothing of it is worked on any more.
    private(set) var isGivenUp = false
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
        var isBegun = false
        var outcome: Outcome?
    }

    init(
        _ partition: TopicPartition, startingAt start: Int64, epoch: Int64, proof: RecordMark? = nil,
        suspects: [Int64: Suspicion] = [:]
    ) {
        self.partition = partition
        self.epoch = epoch
        self.proof = proof
        self.suspects = suspects
        storedOffset = start
        nextOffset = start
    }

    /// Records handed out and not yet stored.
    var outstandingCount: Int { entries.count }

    /// Takes the first record that was read as the proof.
    ///
    /// - Returns: whether it is.
    mutating func prove(_ record: RecordMark) -> Bool {
        guard record == proof else { return false }
        proof = nil
        return true
    }

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

    /// Notes that a record is computed now.
    mutating func begin(_ offset: Int64) { if let index = index(of: offset) { entries[index].isBegun = true } }

    /// Whether waiting a little may let something be stored: the first record that is not is being computed, or done.
    var isAboutToStore: Bool { entries.first.map { $0.isBegun || $0.outcome != nil } ?? false }

    /// Notes that no record below `offset` is yet to come: what is left out is none, such as a mark of a transaction.
    mutating func skip(to offset: Int64) { nextOffset = max(nextOffset, offset) }

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

    /// Gives all of them up that are not stored, for good.
    mutating func abandonAll() {
        entries.removeAll()
        outstandingBytes = 0
        nextOffset = .max
        isGivenUp = true
    }

    /// The finished records that lie before the first unfinished one, at most `limit` of them, and what is no record behind
    /// them; `nil` when there is nothing of either. Asking again gives them again, until ``store(_:)``.
    func finishedPrefix(limit: Int = .max) -> Prefix? {
        let done = entries.prefix(limit).prefix { $0.outcome != nil }
        let end: Int64
        if done.count < entries.count {
            // A gap alone is not worth a transaction while jobs are about to follow.
            guard !done.isEmpty else { return nil }
            end = entries[done.count].offset
        } else {
            end = nextOffset < .max ? nextOffset : done.last.map { $0.offset + 1 } ?? storedOffset
        }
        guard end > storedOffset else { return nil }
        return Prefix(
            partition: partition, epoch: epoch, expected: storedOffset, nextOffset: end,
            outcomes: done.compactMap(\.outcome))
    }

    /// Notes that the database holds a prefix.
    ///
    /// - Returns: `false`, and nothing is changed, for a prefix of another claim or one that was stored before.
    @discardableResult
    mutating func store(_ prefix: Prefix) -> Bool {
        guard prefix.epoch == epoch, prefix.expected == storedOffset else { return false }
        let stored = entries.prefix { $0.offset < prefix.nextOffset }
        outstandingBytes -= stored.reduce(0) { $0 + $1.bytes }
        entries.removeFirst(stored.count)
        storedOffset = prefix.nextOffset
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
        /// What the database has to hold before.
        let expected: Int64
        /// What it holds after: the next record's, or the log's end.
        let nextOffset: Int64
        /// In the order of the offsets; empty for a gap at the log's end.
        let outcomes: [Outcome]
    }
}
