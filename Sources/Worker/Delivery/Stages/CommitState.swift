import Kafka
import Threads

/// What Kafka has been told of offsets, and when to tell it more. A value of the Kafka thread's.
///
/// Only what a broker has accepted counts as told; what it refused is told again, as it stands by then.
struct CommitState {
    /// As the brokers have accepted it.
    private var accepted: [TopicPartition: Int64] = [:]
    /// Since when an outcome is awaited.
    private var pending: ContinuousClock.Instant?
    private var next: ContinuousClock.Instant?
    private var backoff = Backoff(base: 1, cap: 30)
    private var quietUntil: ContinuousClock.Instant?
    /// Whether the group is known to be at rest, from the client's last statistics.
    var isSteady = true

    /// A rebalance that lasts longer has failed.
    private static let longestRebalance = Duration.seconds(60)
    /// An outcome that has not come by then will not.
    private static let longestCommit = Duration.seconds(60)

    /// What to tell now; nil when it is not the time.
    mutating func due(_ stored: [TopicPartition: Int64], at now: ContinuousClock.Instant = .now) -> [TopicPartition:
        Int64]?
    {
        if let since = pending, since.duration(to: now) > Self.longestCommit { pending = nil }
        guard pending == nil, next.map({ $0 <= now }) ?? true, isSteady, quietUntil.map({ $0 <= now }) ?? true else {
            return nil
        }
        next = now + .seconds(1)
        let offsets = missing(stored)
        return offsets.isEmpty ? nil : offsets
    }

    /// What no broker has accepted yet.
    func missing(_ stored: [TopicPartition: Int64]) -> [TopicPartition: Int64] {
        stored.filter { accepted[$0.key] != $0.value }
    }

    /// - Parameter isAwaited: whether an outcome will come.
    mutating func began(_ isAwaited: Bool, at now: ContinuousClock.Instant = .now) { pending = isAwaited ? now : nil }

    mutating func ended(
        _ offsets: [TopicPartition: Int64], _ error: KafkaError?, at now: ContinuousClock.Instant = .now
    ) {
        pending = nil
        guard error == nil else {
            next = now + .seconds(backoff.next())
            return
        }
        backoff.reset()
        accepted.merge(offsets) { $1 }
    }

    /// A rebalance began: a commit amid it is void, and 2.0.2 may lose the whole assignment over it.
    mutating func pause(at now: ContinuousClock.Instant = .now) { quietUntil = now + Self.longestRebalance }

    /// It ended.
    mutating func resume() { quietUntil = nil }

    /// Whoever has the partition next tells of it.
    mutating func forget(_ partition: TopicPartition) { accepted[partition] = nil }
}
