import Kafka
import Logging
import Threads

/// The Kafka thread: takes jobs in, follows rebalances, keeps polling under back-pressure, and tells Kafka what the
/// database holds.
///
/// Every method runs on that one thread; the consumer belongs to it.
final class Intake {
    let consumer: KafkaConsumer
    let claims: PartitionClaims
    let assignments: Assignments
    private let stop: StopSignal
    let options: Options
    let log: Logger
    let observation: Observation
    private let topicCheck: JobTopicCheck
    var committed: [TopicPartition: Int64] = [:]
    private var nextCommit = ContinuousClock.now
    var nextClaim = ContinuousClock.now
    var claimBackoff = Backoff()
    var lastActivity = ContinuousClock.now
    var isEnding = false
    /// Partitions that are paused because a job of theirs waits for its model, or for a build that computes it.
    var stalled: Set<TopicPartition> = []

    struct Options: Sendable {
        let topic: String
        /// Idle time after which ``Intake/run(to:)`` returns; nil: never.
        let untilIdle: Duration?
        /// How long jobs in flight may take to finish once the stop is requested.
        let gracePeriod: Duration
        /// How long a revoked partition's jobs may take to finish.
        let drainPeriod: Duration
    }

    /// Until a fenced partition is claimed again: time for whoever claimed it wrongly to learn that it isn't theirs.
    static let fencedPause = Duration.seconds(3)

    init(
        consumer: KafkaConsumer, claims: PartitionClaims, assignments: Assignments, stop: StopSignal,
        options: Options, log: Logger, observation: Observation = Observation()
    ) {
        self.consumer = consumer
        self.claims = claims
        self.assignments = assignments
        self.stop = stop
        self.options = options
        self.log = log
        self.observation = observation
        topicCheck = JobTopicCheck(topic: options.topic, log: log)
    }

    /// Runs until the stop is requested or there was nothing to do for the idle time, then lets the jobs in flight
    /// finish, commits and leaves the group.
    ///
    /// - Throws: `KafkaError` if the client can't go on.
    func run(to tickets: BoundedQueue<Ticket>) throws {
        consumer.onStatistics = { [observation] in observation.broker($0) }
        try consumer.subscribe(
            to: options.topic,
            onAssign: { [unowned self] partitions in try start(partitions) },
            onRevoke: { [unowned self] partitions, lost in release(partitions, lost: lost) })
        while !stop.isRequested, try !isIdle() {
            try checkTopic()
            try balance(tickets)
            try stopFenced()
            try retryClaims()
            try take(tickets, timeout: .milliseconds(100))
            commitIfDue()
        }
        log.info("no more jobs are taken", metadata: ["jobs.in_flight": "\(assignments.outstanding)"])
        try finish(tickets)
    }

    /// - Throws: `KafkaError` that names the topic, once it is seen to lose jobs; the group is left then.
    private func checkTopic() throws(KafkaError) {
        do { try topicCheck.proceed(with: consumer) } catch {
            consumer.close(within: .seconds(10))
            throw error
        }
    }

    // MARK: - Taking jobs

    private func take(_ tickets: BoundedQueue<Ticket>, timeout: Duration) throws {
        defer { observation.polled(QueueState(consumer, assignments)) }
        let record: KafkaRecord?
        do {
            record = try consumer.poll(timeout: timeout)
        } catch {
            try goOn(after: error)
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
    private func goOn(after error: KafkaError) throws {
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
    private func balance(_ tickets: BoundedQueue<Ticket>) throws {
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
        guard lastActivity.duration(to: .now) >= limit, consumer.waiting.isEmpty, topicCheck.isOver else {
            return false
        }
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

    private func finish(_ tickets: BoundedQueue<Ticket>) throws {
        isEnding = true
        topicCheck.end()
        try consumer.hold()
        let deadline = ContinuousClock.now + options.gracePeriod
        while assignments.outstanding > 0, ContinuousClock.now < deadline {
            try take(tickets, timeout: .milliseconds(50))
            commitIfDue()
        }
        if !consumer.close(within: .seconds(10)) {
            log.warning("the consumer group was not left in order; it will notice after the session time-out")
        }
    }
}
