import Kafka

/// What is known of a worker's health. A value without clock or threads.
///
/// *Ready* asks whether partitions may be taken, *alive* whether a restart would help. A database, broker or model that is
/// away makes a worker unready and never dead: the next one would wait for it too.
struct HealthRecord: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// A poll lasts a second at most; claiming many partitions, or draining them, takes longer.
    static let pollLimit = Duration.seconds(120)
    /// How long jobs may wait with nothing moving.
    static let standstillLimit = Duration.seconds(300)
    /// A model that nobody asks for again is no one's problem any more: whoever waits for it asks every 30 s at least.
    static let modelMemory = Duration.seconds(90)

    /// Who retries does so every 30 s at least, and hears within 70 s that nobody answers; a connection that is not asked again
    /// is no one's problem any more.
    static let sessionMemory = Duration.seconds(120)

    /// One of the topic, one of the group, one of a connection.
    private static let troublesShown = 3

    /// A partition that is given to this worker is claimed at once, or there is something in the way.
    static let claimLimit = Duration.seconds(20)

    /// What was told of once, and is forgotten if it is not told of again.
    private struct Trouble {
        let problem: HealthProblem
        let seen: Instant
    }

    private var lastPoll: Instant
    /// Whether the group has given this worker its partitions, be they none.
    private var isAssigned = false
    /// What Kafka's client said last, since it had an assignment, one of each name: it says each once, be it mended since or not.
    private var kafkaTroubles: [(name: String, text: String)] = []
    /// Since when nothing has moved though jobs wait.
    private var lastMovement: Instant
    /// Of the connections, by what they are for, whose last exchange failed.
    private var sessions: [String: Trouble] = [:]
    private var isBrokerUp = false
    /// Why it is not.
    private var brokerTrouble: String?
    private var models: [String: Trouble] = [:]
    private var waiting: [TopicPartition: WaitingPartition] = [:]

    init(at now: Instant) {
        lastPoll = now
        lastMovement = now
    }

    // MARK: - What happens

    /// The Kafka thread polled.
    mutating func polled(at now: Instant) { lastPoll = now }

    /// The group gave this worker partitions, or the word that there are none for it.
    mutating func assigned() {
        isAssigned = true
        kafkaTroubles = []
    }

    /// Others may have what the group gave.
    mutating func lostAssignment() { isAssigned = false }

    /// Kafka's client has a trouble, which may be why nothing comes.
    ///
    /// - Parameter name: librdkafka's for this kind of it.
    mutating func kafkaFailed(_ name: String, _ trouble: String) {
        kafkaTroubles.removeAll { $0.name == name }
        kafkaTroubles = kafkaTroubles.suffix(Self.troublesShown - 1) + [(name, trouble)]
    }

    /// What waits for this worker, as last seen.
    ///
    /// - Parameter lag: messages of the assigned partitions whose outcome is not stored.
    mutating func sawQueue(lag: Int64, at now: Instant) {
        if lag <= 0 || !troubles(at: now).isEmpty { lastMovement = now }
    }

    /// Some stage got on: an image prepared, encoded or analysed, a retry that is bounded, a batch stored.
    mutating func moved(at now: Instant) { lastMovement = now }

    /// The database answered on one of the connections.
    mutating func databaseAnswered(_ role: String) { sessions[role] = nil }

    /// The database could not be asked, did not answer in earnest, or refuses what it should not.
    ///
    /// - Parameter role: what the connection is for.
    mutating func databaseFailed(_ role: String, _ kind: HealthProblem.Kind, _ trouble: String, at now: Instant) {
        sessions[role] = Trouble(problem: HealthProblem(kind, "Connection \(role): \(trouble)"), seen: now)
    }

    mutating func brokerIs(up: Bool, trouble: String? = nil) {
        isBrokerUp = up
        brokerTrouble = trouble
    }

    mutating func partitionsWait(_ partitions: [TopicPartition: WaitingPartition]) { waiting = partitions }

    mutating func modelFailed(_ analysis: String, _ problem: HealthProblem, at now: Instant) {
        models[analysis] = Trouble(problem: problem, seen: now)
    }

    mutating func modelLoaded(_ analysis: String) { models[analysis] = nil }

    // MARK: - What follows

    /// Why partitions should not be taken; empty when they may.
    func unreadiness(at now: Instant) -> [HealthProblem] {
        var problems = troubles(at: now)
        if !isAssigned { problems.insert(absence, at: 0) }
        return problems
    }

    private var absence: HealthProblem {
        guard !kafkaTroubles.isEmpty else {
            return HealthProblem(.starting, "The consumer group has not said yet which partitions are this worker's.")
        }
        let troubles = kafkaTroubles.map(\.text).joined(separator: "; ")
        return HealthProblem(.groupNotJoined, "The consumer group gives this worker no partitions: \(troubles).")
    }

    /// Why this process should be ended and started anew; nil when it should not.
    func death(at now: Instant) -> HealthProblem? {
        let silence = lastPoll.duration(to: now)
        if silence > Self.pollLimit {
            return HealthProblem(.notPolling, "Kafka was last polled \(silence.components.seconds) s ago.")
        }
        let standstill = lastMovement.duration(to: now)
        if standstill > Self.standstillLimit {
            return HealthProblem(
                .noProgress, "Jobs wait and nothing was done for \(standstill.components.seconds) s.")
        }
        return nil
    }

    private func troubles(at now: Instant) -> [HealthProblem] {
        /// In the order of their names.
        func remembered(_ troubles: [String: Trouble], for memory: Duration) -> [HealthProblem] {
            troubles.filter { $0.value.seen.duration(to: now) < memory }.sorted { $0.key < $1.key }.map(\.value.problem)
        }
        var problems = remembered(sessions, for: Self.sessionMemory)
        if !isBrokerUp {
            let why = brokerTrouble.map { ": \($0)." } ?? "."
            problems.append(HealthProblem(.brokerUnreachable, "No connection to a broker is up\(why)"))
        }
        problems += waiting.sorted { $0.key < $1.key }.compactMap { problem($0.key, $0.value, at: now) }
        return problems + remembered(models, for: Self.modelMemory)
    }

    private func problem(_ partition: TopicPartition, _ waiting: WaitingPartition, at now: Instant) -> HealthProblem? {
        switch waiting.cause {
        case .held(let reason):
            return HealthProblem(.partitionHeld, "\(partition) waits for an operator: \(reason).")
        case .trouble(let reason) where waiting.since.duration(to: now) > Self.claimLimit:
            return HealthProblem(.partitionUnreadable, "\(partition) can't be claimed: \(reason).")
        case .trouble, .claim: return nil
        }
    }
}
