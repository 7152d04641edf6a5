import Foundation
import Kafka
import Logging
import Persistence
import Synchronization
import Threads

/// The claims thread: takes partitions over in the database, which is the truth about offsets, and sees that each has the log
/// that its offset was counted in.
///
/// Asks brokers and database, both of which may not answer, so that the Kafka thread need not. What fails does so for the
/// partitions that it concerns.
///
/// Unchecked: the connection, the inquiry and what was seen of logs are used by the claims thread alone.
package final class PartitionClaims: @unchecked Sendable {
    let queue = ClaimQueue()
    private let connection: Connection
    private let inquiry: LogInquiry
    private let assignments: Assignments
    private let topic: String
    private let group: String
    private let owner: String
    private let first: FirstStart
    private let log: Logger
    private let observation: Observation
    /// The oldest offset of each log, as last seen: it grows, unless the log is another.
    private var begins: [TopicPartition: Int64] = [:]
    private var audits = 0
    /// What else wants a look now and then.
    private let tend: () -> Void

    /// Where a group that has no offset of a topic yet begins.
    package enum FirstStart: String, CaseIterable, Sendable { case earliest, latest }

    /// For one broker to answer.
    private static let patience = Duration.seconds(3)

    init(
        connection: Connection, inquiry: LogInquiry, assignments: Assignments, topic: String, group: String,
        owner: String, first: FirstStart, tending: @escaping () -> Void = {}, log: Logger, observation: Observation
    ) {
        tend = tending
        self.connection = connection
        self.inquiry = inquiry
        self.assignments = assignments
        self.topic = topic
        self.group = group
        self.owner = owner
        self.first = first
        self.log = log
        self.observation = observation
    }

    /// Runs until the queue is closed.
    func run() {
        while let errand = queue.next() {
            do {
                switch errand {
                case .claim(let wishes): try claim(wishes)
                case .release(let partition, let epoch): release(partition, epoch)
                case .hold(let partition, let epoch, let reason): try hold(partition, epoch, because: reason)
                case .judgeIdleness(let question): judgeIdleness(question)
                case .audit:
                    tend()
                    try audit()
                }
            } catch let error as PersistenceError where error.code == .schema {
                // The schema has left this build behind: it will never get a partition, and another member should.
                queue.fail(error)
            } catch {
                observation.retried(error is KafkaError ? .broker : .database)
                log.notice("partitions can't be looked after now", metadata: ["error": "\(error)"])
            }
            observation.partitionsWait(queue.waiting)
        }
    }

    /// Lets go of every claim, when there is no time for more.
    func letGo() {
        for (partition, epoch) in assignments.epochs { queue.forget(partition, releasing: epoch) }
    }

    // MARK: - Claiming

    private func claim(_ wishes: [ClaimQueue.Wish]) throws {
        let logs = inquiry.bounds(of: wishes.map(\.partition), within: Self.patience)
        let cluster = inquiry.cluster(within: .seconds(1))
        for wish in wishes where queue.stands(wish) {
            do {
                guard let bounds = try logs[wish.partition]?.get() else { continue }
                try claim(wish, log: bounds, of: cluster)
            } catch let error as PersistenceError where error.code == .schema {
                throw error
            } catch {
                observation.retried(error is KafkaError ? .broker : .database)
                if queue.postpone(wish, for: .trouble("\(error)")) {
                    log.warning(
                        "partition can't be claimed yet",
                        metadata: ["kafka.partition": "\(wish.partition)", "error": "\(error)"])
                }
            }
        }
    }

    private func claim(_ wish: ClaimQueue.Wish, log bounds: Range<Int64>, of cluster: String?) throws {
        let key = PartitionKey(wish.partition, of: group)
        let ledger = OffsetLedger(connection)
        // Whoever waits for an operator claims nothing meanwhile.
        if wish.waiting.isHeld, let position = try ledger.position(key), let reason = position.heldBecause {
            queue.postpone(wish, for: .held(reason), lag: position.lag(in: bounds))
            return
        }
        let position = try ledger.claim(key, owner: owner)
        let next = try position.nextOffset ?? firstOffset(of: wish.partition, log: bounds)
        let reason: String
        var lag = position.lag(in: bounds)
        if let held = position.heldBecause {
            reason = held
        } else {
            switch LogFit(position, next: next, log: bounds, cluster: cluster) {
            case .fits(let start, let proof):
                guard try ledger.start(key, epoch: position.epoch, at: start, cluster: cluster) else {
                    queue.postpone(wish, for: .claim)
                    return
                }
                begins[wish.partition] = bounds.lowerBound
                queue.noteEnd(of: wish.partition, at: bounds.upperBound)
                let suspects = try InFlightStore(connection).suspects(of: key)
                queue.fulfil(
                    wish,
                    with: PartitionClaim(
                        partition: wish.partition, epoch: position.epoch, start: start, proof: proof,
                        suspects: Dictionary(
                            uniqueKeysWithValues: suspects.map {
                                ($0.offset, Suspicion(crashes: $0.crashes, attempts: $0.attempts))
                            })))
                return
            case .differs(let found):
                reason = found
                lag = Int64(bounds.count)
                try ledger.hold(key, epoch: position.epoch, because: reason)
            }
        }
        if queue.postpone(wish, for: .held(reason), lag: lag) { announce(wish.partition, reason, log: bounds) }
    }

    /// Where a partition begins that has no offset.
    private func firstOffset(of partition: TopicPartition, log bounds: Range<Int64>) throws -> Int64 {
        let ledger = OffsetLedger(connection)
        let known = try ledger.positions(of: topic, group: group)
        if known.values.allSatisfy({ $0.nextOffset == nil && $0.beginsAt == nil }) { try beginTopic() }
        let position = try ledger.position(PartitionKey(partition, of: group))
        if let next = position?.nextOffset { return next }
        // A partition that came after the group: whatever was put there is for it.
        guard let time = position?.beginsAt else { return 0 }
        let found = try inquiry.offsets([partition: time], within: Self.patience)[partition]?.get() ?? -1
        return found >= 0 ? found : bounds.upperBound
    }

    /// Says for every partition of the topic where this group begins, be they claimed or not.
    private func beginTopic() throws {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let partitions = try allPartitions()
        let logs = inquiry.bounds(of: partitions, within: Self.patience)
        let starts = partitions.map { partition in
            (try? logs[partition]?.get()).map { first == .earliest ? $0.lowerBound : $0.upperBound }
        }
        try OffsetLedger(connection).begin(topic, group: group, starts: starts, at: first == .earliest ? -2 : now)
    }

    private func hold(_ partition: TopicPartition, _ epoch: Int64, because reason: String) throws {
        announce(partition, reason)
        try OffsetLedger(connection).hold(PartitionKey(partition, of: group), epoch: epoch, because: reason)
    }

    /// Neither skipped nor repeated: an operator has to say where to go on.
    private func announce(_ partition: TopicPartition, _ reason: String, log bounds: Range<Int64>? = nil) {
        var metadata: Logger.Metadata = ["kafka.partition": "\(partition)", "reason": "\(reason)"]
        if let bounds { metadata["offset.log"] = "\(bounds)" }
        log.critical("a partition waits for an operator: see `entente offsets list`", metadata: metadata)
    }

    /// Not worth a new connection: of a worker that is seen to live, nobody suspects the jobs.
    private func release(_ partition: TopicPartition, _ epoch: Int64) {
        guard connection.isConnected else { return }
        do {
            try InFlightStore(connection).release(PartitionKey(partition, of: group), epoch: epoch)
        } catch {
            log.notice(
                "a partition's release can't be noted; its jobs in flight will be run one at a time",
                metadata: ["kafka.partition": "\(partition)", "error": "\(error)"])
        }
    }

    // MARK: - Looking after what is claimed

    /// Whether the database holds the outcome of everything that the logs hold, committed or not, whoever put it there.
    private func judgeIdleness(_ question: ClaimQueue.Question) {
        var isIdle = false
        defer { queue.answerIdleness(isIdle) }
        do {
            let asked =
                switch question {
                case .these(let partitions): Array(partitions)
                // A member without partitions goes by all of them, since the one that had them may be about to die.
                case .allOfTheTopic: try allPartitions()
                }
            let logs = inquiry.bounds(of: asked, within: Self.patience)
            let known = try OffsetLedger(connection).positions(of: topic, group: group)
            isIdle = try asked.allSatisfy { partition in
                let position = known[partition.partition]
                guard let bounds = try logs[partition]?.get() else { return false }
                return (position?.nextOffset ?? bounds.lowerBound) >= bounds.upperBound
            }
        } catch {
            observation.retried(error is KafkaError ? .broker : .database)
            log.warning("idle, but the broker or the database does not answer", metadata: ["error": "\(error)"])
        }
    }

    /// Of the topic, in order.
    private func allPartitions() throws -> [TopicPartition] {
        try (0..<inquiry.partitionCount(of: topic, within: Self.patience)).map {
            TopicPartition(topic: topic, partition: Int32($0))
        }
    }

    /// Compares what is claimed with the database, which may be another one after a fail-over, and with the logs.
    private func audit() throws {
        let (epochs, stored) = (assignments.epochs, assignments.storedOffsets)
        guard !epochs.isEmpty else { return }
        let known = try OffsetLedger(connection).positions(of: topic, group: group)
        for (partition, epoch) in epochs {
            let position = known[partition.partition]
            // The writer may have stored more meanwhile, but never less.
            if let position, position.epoch == epoch, let next = position.nextOffset, next >= stored[partition] ?? 0 {
                continue
            }
            log.warning(
                "the database does not say what was stored there; the partition is claimed anew",
                metadata: ["kafka.partition": "\(partition)"])
            assignments.fence(partition, epoch: epoch)
        }
        audits += 1
        if audits.isMultiple(of: 3) { auditLogs(epochs, stored) }
    }

    private func auditLogs(_ epochs: [TopicPartition: Int64], _ stored: [TopicPartition: Int64]) {
        for (partition, answer) in inquiry.bounds(of: epochs.keys, within: Self.patience) {
            let isOther: Bool
            switch answer {
            case .success(let bounds):
                isOther =
                    bounds.lowerBound < begins[partition] ?? 0 || bounds.upperBound < stored[partition] ?? 0
                begins[partition] = bounds.lowerBound
                queue.noteEnd(of: partition, at: bounds.upperBound)
            case .failure(let error): isOther = error.isUnknownTopic
            }
            guard isOther, let epoch = epochs[partition] else { continue }
            log.warning("the log seems to be another one", metadata: ["kafka.partition": "\(partition)"])
            assignments.fence(partition, epoch: epoch)
        }
    }
}
