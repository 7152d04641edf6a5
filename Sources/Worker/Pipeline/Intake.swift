import Foundation
import Logging
import Persistence

/// The Kafka thread: takes jobs in, follows rebalances, keeps polling under back-pressure, and tells Kafka what the
/// database holds.
///
/// Every method runs on that one thread; the consumer belongs to it.
final class Intake {
    private let consumer: KafkaConsumer
    private let claims: PartitionClaims
    private let assignments: Assignments
    private let tickets: BoundedQueue<Ticket>
    private let stop: StopSignal
    private let options: Options
    private let log: Logger
    private let observation: Observation
    private var committed: [TopicPartition: Int64] = [:]
    private var nextCommit = ContinuousClock.now
    private var nextClaim = ContinuousClock.now
    private var claimBackoff = Backoff()
    private var lastActivity = ContinuousClock.now
    private var isEnding = false
    /// Partitions that are paused because a job of theirs waits for its model.
    private var stalled: Set<TopicPartition> = []

    struct Options: Sendable {
        let topic: String
        /// Idle time after which ``Intake/run()`` returns; nil: never.
        let untilIdle: Duration?
        /// How long jobs in flight may take to finish once the stop is requested.
        let gracePeriod: Duration
        /// How long a revoked partition's jobs may take to finish.
        let drainPeriod: Duration
    }

    /// Until a fenced partition is claimed again: time for whoever claimed it wrongly to learn that it isn't theirs.
    private static let fencedPause = Duration.seconds(3)

    init(
        consumer: KafkaConsumer, claims: PartitionClaims, assignments: Assignments, tickets: BoundedQueue<Ticket>,
        stop: StopSignal, options: Options, log: Logger, observation: Observation = Observation()
    ) {
        self.consumer = consumer
        self.claims = claims
        self.assignments = assignments
        self.tickets = tickets
        self.stop = stop
        self.options = options
        self.log = log
        self.observation = observation
    }

    /// Runs until the stop is requested or there was nothing to do for the idle time, then lets the jobs in flight
    /// finish, commits and leaves the group.
    ///
    /// - Throws: `KafkaError` if the client can't go on.
    func run() throws {
        consumer.onStatistics = { [observation] in observation.broker($0) }
        try consumer.subscribe(
            to: options.topic,
            onAssign: { [unowned self] partitions in try start(partitions) },
            onRevoke: { [unowned self] partitions, lost in release(partitions, lost: lost) })
        while !stop.isRequested, try !isIdle() {
            try balance()
            try stopFenced()
            retryClaims()
            try take(timeout: .milliseconds(100))
            commitIfDue()
        }
        log.info("no more jobs are taken", metadata: ["jobs.in_flight": "\(assignments.outstanding)"])
        try finish()
    }

    // MARK: - Taking jobs

    private func take(timeout: Duration) throws {
        defer { observation.polled(consumer, assignments) }
        let record: KafkaRecord?
        do {
            record = try consumer.poll(timeout: timeout)
        } catch {
            try bear(error)
            return
        }
        guard let record else { return }
        lastActivity = .now
        guard let ticket = assignments.take(record, weight: Self.weight(of: record)) else {
            observation.skipped()
            return
        }
        tickets.push(ticket)
    }

    /// Goes on after an error of Kafka's unless it is fatal.
    private func bear(_ error: KafkaError) throws {
        guard !error.isFatal else { throw error }
        observation.retried(.broker)
        guard error.isOutOfRange, let partition = error.partition else {
            log.warning("Kafka can't be read now", metadata: ["error": "\(error)"])
            return
        }
        // Neither skipped nor repeated: an operator has to say where to go on.
        log.critical("an offset is not in the log; the partition waits", metadata: ["error": "\(error)"])
        try consumer.stop(partition)
        assignments.revoke(partition)
    }

    /// Bytes that a job may come to take while it is in flight: its record, and its findings while they wait.
    private static func weight(of record: KafkaRecord) -> Int { 16 << 10 + 32 * record.byteCount }

    /// Pauses when downstream is full and goes on when it has room, polling all the while.
    private func balance() throws {
        let stalled = assignments.stalled
        if stalled != self.stalled {
            try consumer.pause(stalled.subtracting(self.stalled))
            try consumer.resume(self.stalled.subtracting(stalled))
            self.stalled = stalled
        }
        if consumer.isHeld {
            if tickets.isHalfEmpty, assignments.hasDrained { try consumer.release() }
        } else if assignments.isFull || !tickets.waitForRoom(1) {
            try consumer.hold()
        }
    }

    private func isIdle() throws -> Bool {
        guard let limit = options.untilIdle else { return false }
        if assignments.outstanding > 0 {
            lastActivity = .now
            return false
        }
        guard lastActivity.duration(to: .now) >= limit, consumer.waiting.isEmpty else { return false }
        // Quiet may also mean that the broker is away, or that the group is still giving out partitions: only the end
        // of every log is the end.
        do {
            if try consumer.owned.isEmpty ? isTopicDone() : areOwnedDone() { return true }
        } catch {
            log.warning("idle, but the broker or the database does not answer", metadata: ["error": "\(error)"])
        }
        lastActivity = .now
        return false
    }

    private func areOwnedDone() throws -> Bool {
        try consumer.owned.allSatisfy { partition in
            let end = try consumer.watermarks(of: partition, within: .seconds(5)).upperBound
            return assignments.nextOffset(of: partition).map { $0 >= end } ?? false
        }
    }

    /// Whether the group has nothing left to do, by the offsets in the database: what a member without partitions goes
    /// by, since the one that had them may be about to die or to be waited for.
    private func isTopicDone() throws -> Bool {
        try (0..<consumer.partitionCount(of: options.topic, within: .seconds(5))).allSatisfy { number in
            let partition = TopicPartition(topic: options.topic, partition: Int32(number))
            let log = try consumer.watermarks(of: partition, within: .seconds(5))
            return try claims.isDone(partition, log: log)
        }
    }

    // MARK: - Rebalances

    private func start(_ partitions: [TopicPartition]) throws -> [TopicPartition: StartOffset] {
        lastActivity = .now
        observation.assigned()
        var starts: [TopicPartition: StartOffset] = [:]
        for partition in partitions {
            if let start = try claim(partition) { starts[partition] = .offset(start) }
        }
        return starts
    }

    /// Claims a partition in the database and opens its ledger; nil, with an alarm, if its stored offset is not in the
    /// log.
    private func claim(_ partition: TopicPartition) throws -> Int64? {
        let log = try consumer.watermarks(of: partition, within: .seconds(10))
        let claim = try claims.claim(partition, log: log)
        guard let start = claim.start else {
            self.log.critical(
                "the stored offset is not in the log; the partition waits",
                metadata: [
                    "kafka.partition": "\(partition)", "offset.stored": "\(claim.stored.map(String.init) ?? "none")",
                    "offset.log": "\(log)",
                ])
            return nil
        }
        assignments.assign(
            partition, startingAt: start, epoch: claim.epoch, isStored: claim.stored != nil, suspects: claim.suspects)
        self.log.info(
            "partition assigned",
            metadata: [
                "kafka.partition": "\(partition)", "offset.next": "\(start)", "suspects": "\(claim.suspects.count)",
            ])
        return start
    }

    /// Stops reading what the writer found claimed by another worker.
    ///
    /// If the group gave the partition away, this member learns so while it polls. If not, the other claimed late what it
    /// had lost (it was stalled in between), and nobody would read the partition unless its owner claimed it again.
    private func stopFenced() throws {
        let fenced = assignments.takeFenced()
        guard !fenced.isEmpty else { return }
        for partition in fenced.sorted() { try consumer.stop(partition) }
        nextClaim = .now + Self.fencedPause
    }

    private func retryClaims() {
        guard !consumer.waiting.isEmpty, nextClaim <= .now else { return }
        var pause = 0.0
        for partition in consumer.waiting.sorted() {
            do {
                guard let start = try claim(partition) else {
                    pause = 30
                    continue
                }
                try consumer.start(partition, at: .offset(start))
                claimBackoff.reset()
            } catch {
                observation.retried(.database)
                pause = claimBackoff.next()
                log.warning(
                    "partition can't be claimed yet",
                    metadata: ["kafka.partition": "\(partition)", "error": "\(error)", "retry.seconds": "\(pause)"])
                break
            }
        }
        nextClaim = .now + .seconds(pause)
    }

    private func release(_ partitions: [TopicPartition], lost: Bool) {
        lastActivity = .now
        if !lost {
            // At the end of the process the grace period was the time to finish.
            let patience = isEnding ? .zero : options.drainPeriod
            // Blocks inside the callback, so the group waits for it: bounded well below the session time-out.
            waitUntil(patience) { assignments.outstanding(of: partitions) == 0 }
            let offsets = assignments.committable.filter { partitions.contains($0.key) }
            do throws(KafkaError) {
                try consumer.commitAndWait(offsets, within: .seconds(5))
            } catch {
                log.notice("last commit of revoked partitions failed", metadata: ["error": "\(error)"])
            }
        }
        observation.released(partitions, lost: lost)
        for partition in partitions {
            let epoch = assignments.epoch(of: partition)
            assignments.revoke(partition)
            // Of a lost partition the database is asked by whoever has it now; this worker is seen to live.
            if !lost, let epoch { letGo(partition, epoch) }
            committed[partition] = nil
            stalled.remove(partition)
            log.info("partition released", metadata: ["kafka.partition": "\(partition)", "lost": "\(lost)"])
        }
    }

    private func letGo(_ partition: TopicPartition, _ epoch: Int64) {
        do { try claims.release(partition, epoch: epoch) } catch {
            log.notice(
                "a partition's release can't be noted; its jobs in flight will be run one at a time",
                metadata: ["kafka.partition": "\(partition)", "error": "\(error)"])
        }
    }

    private func waitUntil(_ limit: Duration, _ condition: () -> Bool) {
        let deadline = ContinuousClock.now + limit
        while !condition(), ContinuousClock.now < deadline { usleep(10_000) }
    }

    // MARK: - Commits and the end

    /// Advisory, for lag monitors and autoscalers: the database alone says where to go on.
    private func commitIfDue() {
        guard nextCommit <= .now else { return }
        nextCommit = .now + .seconds(1)
        let offsets = assignments.committable.filter { committed[$0.key] != $0.value }
        guard !offsets.isEmpty else { return }
        do {
            try consumer.commit(offsets)
            committed.merge(offsets) { _, new in new }
        } catch {
            observation.retried(.broker)
            log.notice("offsets can't be committed to Kafka now", metadata: ["error": "\(error)"])
        }
    }

    private func finish() throws {
        isEnding = true
        try consumer.hold()
        let deadline = ContinuousClock.now + options.gracePeriod
        while assignments.outstanding > 0, ContinuousClock.now < deadline {
            try take(timeout: .milliseconds(50))
            commitIfDue()
        }
        if !consumer.close(within: .seconds(10)) {
            log.warning("the consumer group was not left in order; it will notice after the session time-out")
        }
    }
}
