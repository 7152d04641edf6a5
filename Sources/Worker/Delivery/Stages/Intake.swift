import Kafka
import Logging
import Threads

/// The Kafka thread: takes jobs in, follows rebalances, keeps polling under back-pressure, and tells Kafka what the
/// database holds.
///
/// Every method runs on that one thread; the consumer belongs to it. It asks neither the database nor a broker for anything:
/// the claims thread does.
final class Intake {
    private(set) var consumer: KafkaConsumer
    private var renewal: KafkaRenewal?
    private let makeConsumer: (KafkaClientConfiguration) throws -> KafkaConsumer
    let claims: ClaimQueue
    let assignments: Assignments
    private let stop: StopSignal
    let options: Options
    let log: Logger
    let observation: Observation
    var commits = CommitState()
    private let topicCheck: JobTopicCheck
    var lastActivity = ContinuousClock.now
    private var isIdlenessAsked = false
    var isEnding = false
    /// Whether the consumer seeks its group's coordinator where it no longer is.
    private var isCoordinatorLost = false
    /// Whether a broker did not know the topic, which may be another one when it is there again.
    private var isTopicDoubtful = false
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
    /// For a client that can't reach its brokers to end.
    private static let farewell = Duration.seconds(3)
    /// What a poll waits for a record.
    private static let pollLimit = Duration.milliseconds(100)

    /// - Parameters:
    ///   - renewal: of its certificates and passwords; nil: they stay as they are.
    ///   - makeConsumer: makes another consumer, once they are renewed.
    init(
        consumer: KafkaConsumer, renewal: KafkaRenewal? = nil, claims: ClaimQueue, assignments: Assignments,
        stop: StopSignal, options: Options, log: Logger, observation: Observation = Observation(),
        makeConsumer: @escaping (KafkaClientConfiguration) throws -> KafkaConsumer
    ) {
        self.consumer = consumer
        self.renewal = renewal
        self.makeConsumer = makeConsumer
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
    /// - Throws: `KafkaError` if the client can't go on, ``PartitionsHeld`` if nothing is left but what waits for an operator.
    func run(to tickets: BoundedQueue<Ticket>) throws {
        try join()
        let held = Result { try work(tickets) }
        log.info("no more jobs are taken", metadata: ["jobs.in_flight": "\(assignments.outstanding)"])
        try finish(tickets)
        try held.get()
    }

    private func join() throws(KafkaError) {
        consumer.onStatistics = { [unowned self] in
            observation.broker($0, trouble: consumer.trouble)
            commits.isSteady = $0.isSteady
            isCoordinatorLost = $0.hasLostCoordinator
        }
        consumer.onError = { [unowned self] in
            observation.kafkaFailed($0)
            if $0.isUnknownTopic { isTopicDoubtful = true }
        }
        consumer.onThrottle = { [unowned self] in observation.throttled(for: $0) }
        consumer.onCommit = { [unowned self] offsets, error in commits.ended(offsets, error) }
        consumer.onEnd = { [unowned self] partition, offset in reachedEnd(of: partition, at: offset) }
        try consumer.subscribe(
            to: options.topic,
            onAssign: { [unowned self] partitions in start(partitions) },
            onRevoke: { [unowned self] partitions, lost in release(partitions, lost: lost) })
    }

    /// Takes the place of a consumer that can't connect by one with the certificate or password that is there now, or of one that
    /// can't find its coordinator by one that asks anew where it is.
    private func renewConsumer() throws {
        if let fresh = renewal?.due(isTroubled: consumer.trouble != nil) {
            try replaceConsumer(fresh, because: "certificates or passwords of Kafka were renewed")
        } else if isCoordinatorLost, let same = renewal?.again() {
            try replaceConsumer(same, because: "the group's coordinator has another address")
        }
    }

    /// Partitions are claimed anew, so that nothing is lost or done twice.
    private func replaceConsumer(_ configuration: KafkaClientConfiguration, because reason: String) throws {
        let other: KafkaConsumer
        do { other = try makeConsumer(configuration) } catch {
            log.warning("a new client of Kafka can't be made", metadata: ["error": "\(error)"])
            isCoordinatorLost = false
            return
        }
        log.notice("\(reason); a new client takes over")
        renewal?.took(configuration)
        topicCheck.leaveConsumer()
        consumer.close(within: Self.farewell)
        // What the former one has said meanwhile is nothing that the new one has to mend.
        isCoordinatorLost = false
        let left = consumer.owned.sorted()
        if !left.isEmpty { release(left, lost: true) }
        stalled = []
        consumer = other
        try join()
    }

    private func work(_ tickets: BoundedQueue<Ticket>) throws {
        while !stop.isRequested, try !isIdle() {
            try checkTopic()
            try renewConsumer()
            if isTopicDoubtful {
                isTopicDoubtful = false
                reclaim(consumer.started.sorted())
            }
            try balance(tickets)
            try stopFenced()
            try startClaimed()
            try take(tickets, timeout: claims.isBusy ? .milliseconds(5) : Self.pollLimit)
            commitIfDue()
        }
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
        defer { observation.polled(QueueState(consumer, assignments, claims)) }
        let record: KafkaRecord?
        do {
            record = try consumer.poll(timeout: timeout)
        } catch {
            try goOn(after: error)
            return
        }
        guard let record else { return }
        lastActivity = .now
        switch assignments.take(record, weight: Self.weight(of: record)) {
        case .ticket(let ticket): tickets.push(ticket)
        case .dropped: observation.skipped()
        case .proof: break
        case .misfit(let epoch, let proof): hold(record.topicPartition, epoch: epoch, because: LogFit.unproved(proof))
        }
    }

    /// Goes on after an error of Kafka's unless it is fatal.
    private func goOn(after error: KafkaError) throws {
        guard !error.isFatal else { throw error }
        observation.kafkaFailed(error)
        log.warning("Kafka can't be read now", metadata: ["error": "\(error)"])
        // Whether the log is the old one is asked anew, which may say that the partition waits for an operator.
        if error.isOutOfRange, let partition = error.partition {
            reclaim([partition])
        }
        if error.isUnknownTopic { isTopicDoubtful = true }
    }

    private func reachedEnd(of partition: TopicPartition, at offset: Int64) {
        guard let missing = assignments.reachEnd(of: partition, at: offset) else { return }
        hold(partition, epoch: missing.epoch, because: LogFit.unproved(missing.proof))
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

    // MARK: - Idleness

    /// Quiet may also mean that the broker is away, or that the group is still giving out partitions: only the end of every log
    /// is the end, which the claims thread asks for while this one polls on.
    private func isIdle() throws -> Bool {
        guard let limit = options.untilIdle else { return false }
        if assignments.outstanding > 0 { lastActivity = .now }
        guard lastActivity.duration(to: .now) >= limit else { return false }
        let waiting = claims.waiting
        guard waiting.values.allSatisfy(\.isHeld), consumer.waiting.count == waiting.count else { return false }
        if !isIdlenessAsked {
            // What was answered before the last activity is void.
            _ = claims.takeIdleness()
            claims.askIdleness(of: consumer.owned.isEmpty ? nil : consumer.started)
            isIdlenessAsked = true
            return false
        }
        guard let answer = claims.takeIdleness() else { return false }
        isIdlenessAsked = false
        guard answer, topicCheck.isOver else {
            lastActivity = .now
            return false
        }
        guard waiting.isEmpty else {
            throw PartitionsHeld(
                reasons: waiting.compactMapValues { if case .held(let reason) = $0.cause { reason } else { nil } })
        }
        return true
    }

    // MARK: - Commits and the end

    /// Advisory, for lag monitors and autoscalers: the database alone says where to go on.
    private func commitIfDue() {
        guard let offsets = commits.due(assignments.storedOffsets) else { return }
        do {
            commits.began(try consumer.commit(offsets))
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
        commitTheLast()
        if !consumer.close(within: .seconds(10)) {
            log.warning("the consumer group was not left in order; it will notice after the session time-out")
        }
    }

    /// Tells Kafka where this worker ends, for whoever looks at an idle group's lag; the group is left only then, since a commit
    /// amid a rebalance is void.
    private func commitTheLast() {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            let offsets = commits.missing(assignments.storedOffsets)
            guard !offsets.isEmpty else { return }
            do {
                try consumer.commitAndWait(offsets, within: deadline.remaining)
                return
            } catch {
                guard deadline.remaining > .zero else {
                    log.notice("the last offsets can't be committed to Kafka", metadata: ["error": "\(error)"])
                    return
                }
                // What it is refused for may be a rebalance, which polling brings to its end.
                _ = try? consumer.poll(timeout: .milliseconds(200))
            }
        }
    }
}
