import Kafka

/// How much goes into one transaction, so that one that takes the database too long is not tried at the same size again.
///
/// A value without clock; sizes are ``FinishedJob/rows``.
struct BatchBound: Sendable {
    /// Some 15 MB of results.
    static let full = 2048

    private(set) var rows = full
    /// Whose jobs the last transaction ended with; the next one begins behind it, so that nobody is passed over for long.
    private var last: TopicPartition?

    init() {}

    /// What of the finished prefixes is stored next: whole jobs, one at least.
    ///
    /// - Parameter ready: in order of partitions.
    mutating func take(_ ready: [Assignments.Ledger.Prefix]) -> [Assignments.Ledger.Prefix] {
        let start = ready.firstIndex { prefix in last.map { $0 < prefix.partition } ?? true } ?? 0
        var taken: [Assignments.Ledger.Prefix] = []
        var left = rows
        for prefix in ready[start...] + ready[..<start] {
            guard let part = Self.beginning(of: prefix, within: left, orOneJob: taken.isEmpty) else { break }
            taken.append(part)
            left -= Self.rows(of: [part])
            guard left > 0, part.nextOffset == prefix.nextOffset else { break }
        }
        last = taken.last?.partition
        return taken
    }

    /// As many of a prefix's first jobs as fit; nil when not even one does.
    private static func beginning(
        of prefix: Assignments.Ledger.Prefix, within rows: Int, orOneJob mayExceed: Bool
    ) -> Assignments.Ledger.Prefix? {
        var (left, count) = (rows, 0)
        for job in prefix.outcomes {
            guard job.rows <= left || (mayExceed && count == 0) else { break }
            left -= job.rows
            count += 1
        }
        guard count < prefix.outcomes.count else { return prefix }
        guard count > 0 else { return nil }
        return Assignments.Ledger.Prefix(
            partition: prefix.partition, epoch: prefix.epoch, expected: prefix.expected,
            nextOffset: prefix.outcomes[count].ticket.record.offset, outcomes: Array(prefix.outcomes[..<count]))
    }

    private static func rows(of prefixes: [Assignments.Ledger.Prefix]) -> Int {
        prefixes.reduce(0) { $0 + $1.outcomes.reduce(0) { $0 + $1.rows } }
    }

    /// After a transaction of `taken` that took too long.
    mutating func halve(_ taken: [Assignments.Ledger.Prefix]) { rows = max(1, min(rows, Self.rows(of: taken)) / 2) }

    /// After one that did not: little by little, since each step too many costs a time-out.
    mutating func recover() { rows = min(Self.full, rows + Self.full / 32) }
}
