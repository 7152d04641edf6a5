/// What became of the records of one partition during one assignment: handed out in order, finished in any order, stored
/// in order.
///
/// A value without clock or threads. `Outcome` is what a finished record leaves to be stored.
///
/// Only the finished prefix may be stored, so that the database's next offset never passes a record that isn't done.
/// Offsets need not be contiguous: Kafka leaves gaps where transactions are marked and where compaction has been.
struct PartitionLedger<Outcome: Sendable>: Sendable {
    /// Tells assignments apart; what was handed out under another number is none of this ledger's business.
    let assignment: Int
    /// Everything below is stored: what the next transaction has to find in the database.
    private(set) var storedOffset: Int64
    /// Nothing below will be handed out any more.
    private(set) var nextOffset: Int64
    /// Bytes of all records handed out and not yet stored, the finished ones behind a gap included.
    private(set) var outstandingBytes = 0

    private var entries: [Entry] = []
    /// Entries before it are stored; they are cleared away in bulk.
    private var head = 0

    private struct Entry: Sendable {
        let offset: Int64
        let bytes: Int
        var outcome: Outcome?
    }

    init(assignment: Int, startingAt offset: Int64) {
        self.assignment = assignment
        storedOffset = offset
        nextOffset = offset
    }

    /// Records handed out and not yet stored.
    var outstandingCount: Int { entries.count - head }

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
    /// - Returns: `false`, and nothing is changed, for a record of another assignment, one that was never handed out,
    ///   and one that was done before.
    /// - Complexity: O(log n) in the records outstanding.
    mutating func finish(_ offset: Int64, assignment: Int, _ outcome: Outcome) -> Bool {
        guard assignment == self.assignment, let index = index(of: offset), entries[index].outcome == nil else {
            return false
        }
        entries[index].outcome = outcome
        return true
    }

    /// Gives a record up: it and all behind it will not be stored during this assignment, and none is handed out any
    /// more. What lies before it still may be stored.
    mutating func abandon(_ offset: Int64, assignment: Int) {
        guard assignment == self.assignment, let index = index(of: offset), entries[index].outcome == nil else {
            return
        }
        outstandingBytes -= entries[index...].reduce(0) { $0 + $1.bytes }
        entries.removeSubrange(index...)
        nextOffset = .max
    }

    /// The finished records that lie before the first unfinished one, at most `limit` of them; `nil` when there are
    /// none. Asking again gives them again, until ``store(_:)``.
    func finishedPrefix(limit: Int = .max) -> Prefix? {
        let done = entries[head...].prefix(limit).prefix { $0.outcome != nil }
        guard let last = done.last else { return nil }
        return Prefix(
            assignment: assignment, expectedOffset: storedOffset, nextOffset: last.offset + 1,
            outcomes: done.compactMap { entry in entry.outcome.map { (entry.offset, $0) } })
    }

    /// Notes that the database holds a prefix.
    ///
    /// - Returns: `false`, and nothing is changed, for a prefix of another assignment or one that was stored before.
    mutating func store(_ prefix: Prefix) -> Bool {
        guard prefix.assignment == assignment, prefix.expectedOffset == storedOffset, !prefix.outcomes.isEmpty else {
            return false
        }
        let stored = entries[head...].prefix { $0.offset < prefix.nextOffset }
        outstandingBytes -= stored.reduce(0) { $0 + $1.bytes }
        for index in stored.indices { entries[index].outcome = nil }
        head = stored.endIndex
        storedOffset = prefix.nextOffset
        if head > 64, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return true
    }

    private func index(of offset: Int64) -> Int? {
        var (low, high) = (head, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].offset == offset ? low : nil
    }

    /// What one transaction may store of one partition.
    struct Prefix: Sendable {
        let assignment: Int
        /// What the database has to hold before.
        let expectedOffset: Int64
        /// What it holds after: one past the last record of the prefix.
        let nextOffset: Int64
        /// In the order of the offsets.
        let outcomes: [(offset: Int64, outcome: Outcome)]
    }
}
