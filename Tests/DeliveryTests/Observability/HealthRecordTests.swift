import Testing

@testable import Delivery
@testable import Kafka
@testable import Threads

@Suite struct HealthRecordTests {
    private let start = ContinuousClock.now
    private var record: HealthRecord

    init() { record = HealthRecord(at: start) }

    private func kinds(after seconds: Double = 0) -> [HealthProblem.Kind] {
        record.unreadiness(at: start + .seconds(seconds)).map(\.kind)
    }

    private func death(after seconds: Double) -> HealthProblem.Kind? {
        record.death(at: start + .seconds(seconds))?.kind
    }

    /// As a worker with nothing in its way.
    private mutating func run() {
        record.polled(at: start)
        record.assigned()
        record.brokerIs(up: true)
    }

    @Test mutating func readyOnceTheGroupHasAnsweredAndABrokerIsUp() {
        #expect(kinds() == [.starting, .brokerUnreachable])
        record.polled(at: start)
        #expect(kinds() == [.starting, .brokerUnreachable])
        record.assigned()
        #expect(kinds() == [.brokerUnreachable])
        record.brokerIs(up: true)
        #expect(kinds() == [])
        record.brokerIs(up: false)
        #expect(kinds() == [.brokerUnreachable])
    }

    /// Whatever keeps the group from giving partitions is named until it does.
    @Test mutating func whatKeepsItOutOfTheGroupIsNamed() {
        record.brokerIs(up: true)
        record.kafkaFailed("GROUP", "no right on the group")
        record.kafkaFailed("TOPIC", "no right on the topic")
        record.kafkaFailed("TOPIC", "the topic is not there (UNKNOWN_TOPIC_OR_PART)")
        let problems = record.unreadiness(at: start)
        #expect(problems.map(\.kind) == [.groupNotJoined])
        // Each is said once, whichever is mended first.
        #expect(
            problems[0].detail.hasSuffix(
                ": no right on the group; the topic is not there (UNKNOWN_TOPIC_OR_PART)."))
        record.assigned()
        #expect(kinds() == [])
        // A trouble of a member that reads on is none of the group's.
        record.kafkaFailed("_TRANSPORT", "a connection was lost")
        #expect(kinds() == [])
        record.lostAssignment()
        #expect(kinds() == [.groupNotJoined])
    }

    @Test mutating func partitionsThatWaitAreNamed() {
        run()
        let place = TopicPartition(topic: "t", partition: 3)
        record.partitionsWait([place: WaitingPartition(cause: .claim, since: start)])
        #expect(kinds(after: 100) == [])
        record.partitionsWait([place: WaitingPartition(cause: .trouble("no leader"), since: start)])
        #expect(kinds(after: 10) == [])
        #expect(kinds(after: 30) == [.partitionUnreadable])
        record.partitionsWait([place: WaitingPartition(cause: .held("another log"), since: start)])
        #expect(record.unreadiness(at: start).first?.detail == "t[3] waits for an operator: another log.")
        record.partitionsWait([:])
        #expect(kinds(after: 100) == [])
    }

    /// One connection that gets no answer is not made up for by others that do.
    @Test mutating func theLastAnswerOfEachConnectionCounts() {
        run()
        record.databaseFailed("writer", .databaseUnreachable, "away", at: start)
        record.databaseFailed("flights", .databaseRefuses, "permission denied", at: start)
        record.databaseAnswered("claims")
        #expect(
            record.unreadiness(at: start) == [
                HealthProblem(.databaseRefuses, "Connection flights: permission denied"),
                HealthProblem(.databaseUnreachable, "Connection writer: away"),
            ])
        record.databaseAnswered("writer")
        #expect(kinds(after: 100) == [.databaseRefuses])
        #expect(kinds(after: 130) == [], "nobody has asked again for long")
        record.databaseAnswered("flights")
        #expect(kinds() == [])
    }

    @Test mutating func modelsAreMissedUntilTheyAreLoadedOrNobodyAsks() {
        run()
        record.modelFailed("b", HealthProblem(.modelUnusable, "b"), at: start)
        record.modelFailed("a", HealthProblem(.modelMissing, "a"), at: start + .seconds(30))
        #expect(kinds(after: 40) == [.modelMissing, .modelUnusable])
        #expect(kinds(after: 100) == [.modelMissing])
        record.modelLoaded("a")
        #expect(kinds(after: 100) == [])
    }

    @Test mutating func aKafkaThreadThatDoesNotPollIsDead() {
        run()
        #expect(death(after: 119) == nil)
        #expect(death(after: 121) == .notPolling)
        record.polled(at: start + .seconds(122))
        #expect(death(after: 123) == nil)
    }

    /// Polls every 100 s, as the watchdog of the Kafka thread wants it.
    private mutating func poll(
        until seconds: Double, lag: Int64, meanwhile: (inout HealthRecord, HealthRecord.Instant) -> Void = { _, _ in }
    ) {
        for second in stride(from: 0, through: seconds, by: 100) {
            meanwhile(&record, start + .seconds(second))
            record.polled(at: start + .seconds(second))
            record.sawQueue(lag: lag, at: start + .seconds(second))
        }
    }

    @Test mutating func jobsThatWaitWhileNothingMovesAreAHang() {
        run()
        poll(until: 300, lag: 5)
        #expect(death(after: 299) == nil)
        #expect(death(after: 301) == .noProgress)
        record.moved(at: start + .seconds(302))
        #expect(death(after: 310) == nil)
    }

    @Test mutating func anEmptyQueueIsNoHang() {
        run()
        poll(until: 1000, lag: 0)
        #expect(death(after: 1001) == nil)
    }

    /// A restart would not bring the database back, nor the model.
    @Test mutating func whatIsKnownToBeInTheWayIsNoHang() {
        run()
        poll(until: 1000, lag: 5) { $0.databaseFailed("writer", .databaseUnreachable, "away", at: $1) }
        #expect(death(after: 1001) == nil)
        #expect(kinds(after: 1001) == [.databaseUnreachable])
    }

    @Test func aWorkerThatStopsIsUnreadyAndAlive() {
        let stop = StopSignal()
        let observation = Observation(stop: stop)
        #expect(observation.unreadiness.map(\.kind) == [.starting, .brokerUnreachable])
        stop.request()
        #expect(observation.unreadiness.map(\.kind) == [.stopping])
        #expect(observation.death == nil)
    }
}
