@testable import Concepts

/// What a chaos run does to the processes.
enum Disturbance: String, CaseIterable {
    case killWorker = "kill -9 a worker"
    case terminateWorker = "SIGTERM a worker"
    case freezeWorker = "stop a worker for longer than its session"
    case claimPartitions = "claim partitions, as a worker does that stalled before its claim"
    case restartDatabase = "restart PostgreSQL"
    case crashDatabase = "crash PostgreSQL"
    case endSessions = "end every session of the workers"
    case freezeSessions = "stop PostgreSQL's processes"
    case lockTable = "lock a table"
    case brokerAway = "take the broker down"
    case brokerErrors = "let requests to the broker fail"
    case producerErrors = "let what is sent to the broker fail"
    case fatalErrors = "let the producers of workers fail for good"
    case brokerSlow = "let the broker answer late"
    case killBroker = "kill -9 a broker of Kafka"
    case restartBroker = "restart a broker of Kafka"
    case freezeBroker = "stop a broker of Kafka"
    case moveLeaders = "let other brokers of Kafka lead"
    case breakConnections = "break connections to a broker of Kafka on one side"

    /// What librdkafka's in-process broker does on request.
    private static let ofMock: [Disturbance] = [
        .brokerAway, .brokerErrors, .producerErrors, .fatalErrors, .brokerSlow,
    ]
    private static let ofKafka: [Disturbance] = [
        .killBroker, .restartBroker, .freezeBroker, .moveLeaders, .breakConnections,
    ]

    /// Those that there are over a real Kafka, or over the in-process broker.
    static func kinds(overKafka: Bool) -> [Disturbance] {
        allCases.filter { !(overKafka ? ofMock : ofKafka).contains($0) }
    }

    /// Without end: every kind once in an order of its own, then every kind again in another, so that a short run
    /// leaves none out.
    struct Deck {
        let kinds: [Disturbance]
        private var cards: [Disturbance] = []

        init(_ kinds: [Disturbance]) { self.kinds = kinds }

        mutating func next(using generator: inout SplitMix64) -> Disturbance {
            if cards.isEmpty { cards = kinds.shuffled(using: &generator) }
            return cards.removeLast()
        }
    }
}
