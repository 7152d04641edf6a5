import Kafka
import Persistence
import Threads

/// What the Kafka thread asks of the claims thread, and the answers. Neither ever waits for the other.
final class ClaimQueue: @unchecked Sendable {
    // Unchecked: everything that changes is under `condition`.
    private let condition = MonotonicCondition()
    private var wishes: [TopicPartition: Wish] = [:]
    private var claims: [PartitionClaim] = []
    private var releases: [(partition: TopicPartition, epoch: Int64)] = []
    private var holds: [(partition: TopicPartition, epoch: Int64, reason: String)] = []
    private var ends: [TopicPartition: Int64] = [:]
    private var question: Question?
    private var answer: Bool?
    private var nextAudit = ContinuousClock.now + ClaimQueue.auditInterval
    private var nextNumber: UInt64 = 0
    private var isClosed = false
    private var failed: (any Error)?

    /// How often owned partitions are compared with the database and their logs.
    static let auditInterval = Duration.seconds(10)
    /// How often the database is asked whether a held partition may be read.
    static let holdInterval = Duration.seconds(3)
    /// Wishes that fall due this soon are seen to together.
    private static let together = Duration.milliseconds(200)

    /// A partition to be claimed.
    struct Wish: Sendable {
        let partition: TopicPartition
        /// Tells a wish from an earlier one for the same partition.
        fileprivate let number: UInt64
        var waiting: WaitingPartition
        fileprivate var due: ContinuousClock.Instant
        fileprivate var backoff = Backoff(base: 0.2, cap: 5)
    }

    /// What the claims thread is to do next.
    enum Errand {
        case claim([Wish])
        case release(TopicPartition, epoch: Int64)
        case hold(TopicPartition, epoch: Int64, reason: String)
        /// Whether nothing is left to do.
        case judgeIdleness(Question)
        case audit
    }

    /// In which partitions it is asked whether nothing is left to do.
    enum Question: Equatable {
        case these(Set<TopicPartition>)
        case allOfTheTopic
    }

    // MARK: - The Kafka thread's side

    /// Has partitions be claimed, in place of earlier wishes for them.
    func want(_ partitions: some Sequence<TopicPartition>, after pause: Duration = .zero) {
        change {
            for partition in partitions {
                nextNumber += 1
                wishes[partition] = Wish(
                    partition: partition, number: nextNumber, waiting: WaitingPartition(cause: .claim, since: .now),
                    due: .now + pause)
            }
        }
    }

    /// Takes back the wish for a partition that is this worker's no more.
    ///
    /// - Parameter epoch: of the claim that is to be let go in order, if there is one.
    func forget(_ partition: TopicPartition, releasing epoch: Int64?) {
        change {
            wishes[partition] = nil
            ends[partition] = nil
            if let epoch { releases.append((partition, epoch)) }
            for claim in claims where claim.partition == partition { releases.append((partition, claim.epoch)) }
            claims.removeAll { $0.partition == partition }
        }
    }

    /// Has a partition that is claimed wait for an operator, and wants it from then on.
    func hold(_ partition: TopicPartition, epoch: Int64, because reason: String) {
        change { holds.append((partition, epoch, reason)) }
        want([partition])
    }

    /// What was claimed since this was last asked.
    ///
    /// - Throws: what keeps any partition from being claimed, for good.
    func takeClaims() throws -> [PartitionClaim] {
        try condition.withLock {
            if let failed { return Result<[PartitionClaim], any Error>.failure(failed) }
            defer { claims = [] }
            return .success(claims)
        }.get()
    }

    /// Whether claims may come at any moment, so that a long poll would delay them.
    var isBusy: Bool {
        condition.withLock { !claims.isEmpty || wishes.values.contains { $0.due <= .now && !$0.waiting.isHeld } }
    }

    /// Asks whether nothing is left to do in these partitions, or in the whole topic; ``takeIdleness()`` has the answer.
    func askIdleness(of partitions: Set<TopicPartition>?) {
        change { if question == nil { (question, answer) = (partitions.map { .these($0) } ?? .allOfTheTopic, nil) } }
    }

    /// The answer to the question that was asked, once; nil while there is none.
    func takeIdleness() -> Bool? {
        condition.withLock {
            guard let found = answer else { return nil }
            (question, answer) = (nil, nil)
            return found
        }
    }

    /// The partitions that are not read, and why.
    var waiting: [TopicPartition: WaitingPartition] { condition.withLock { wishes.mapValues(\.waiting) } }

    /// The end of each log, as it was last asked for: of partitions that are paused no fetch tells it.
    var logEnds: [TopicPartition: Int64] { condition.withLock { ends } }

    /// Ends the claims thread once what is to be released is.
    func close() {
        change {
            isClosed = true
            wishes = [:]
        }
    }

    // MARK: - The claims thread's side

    /// Waits for something to do; nil at the end.
    func next() -> Errand? {
        condition.withLock {
            while true {
                if !holds.isEmpty {
                    let hold = holds.removeFirst()
                    return .hold(hold.partition, epoch: hold.epoch, reason: hold.reason)
                }
                if !releases.isEmpty {
                    let release = releases.removeFirst()
                    return .release(release.partition, epoch: release.epoch)
                }
                if isClosed { return nil }
                let now = ContinuousClock.now
                if wishes.values.contains(where: { $0.due <= now }) {
                    let due = wishes.values.filter { $0.due <= now + Self.together }
                    return .claim(due.sorted { $0.partition < $1.partition })
                }
                if let question, answer == nil { return .judgeIdleness(question) }
                if nextAudit <= now {
                    nextAudit = now + Self.auditInterval
                    return .audit
                }
                let soonest = wishes.values.map(\.due).min().map { min($0, nextAudit) } ?? nextAudit
                _ = condition.wait(until: MonotonicCondition.Deadline(in: now.duration(to: soonest).seconds))
            }
        }
    }

    /// Whether a wish still stands.
    func stands(_ wish: Wish) -> Bool { condition.withLock { wishes[wish.partition]?.number == wish.number } }

    /// Hands a claim over; without a wish for it any more, it is released.
    func fulfil(_ wish: Wish, with claim: PartitionClaim) {
        change {
            if wishes[wish.partition]?.number == wish.number {
                wishes[wish.partition] = nil
                claims.append(claim)
            } else {
                releases.append((claim.partition, claim.epoch))
            }
        }
    }

    func noteEnd(of partition: TopicPartition, at offset: Int64) { condition.withLock { ends[partition] = offset } }

    /// Has a wish wait, and be seen to again.
    ///
    /// - Parameter lag: records that nobody has worked on, where that is known now.
    /// - Returns: whether it was not known yet to wait for this.
    @discardableResult
    func postpone(_ wish: Wish, for cause: WaitingPartition.Cause, lag: Int64? = nil) -> Bool {
        condition.withLock {
            guard var now = wishes[wish.partition], now.number == wish.number else { return false }
            let isNew = now.waiting.cause != cause
            now.waiting.cause = cause
            now.waiting.lag = lag ?? now.waiting.lag
            now.due = .now + (now.waiting.isHeld ? Self.holdInterval : .seconds(now.backoff.next()))
            wishes[wish.partition] = now
            return isNew
        }
    }

    func answerIdleness(_ isIdle: Bool) { change { answer = isIdle } }

    func fail(_ error: any Error) { change { failed = failed ?? error } }

    private func change(_ body: () -> Void) {
        condition.withLock {
            body()
            condition.broadcast()
        }
    }
}
