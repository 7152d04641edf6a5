import Testing

@testable import Delivery
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
        record.brokerIs(up: true)
    }

    @Test mutating func readyOnceItPollsAndABrokerIsUp() {
        #expect(kinds() == [.starting, .brokerUnreachable])
        record.polled(at: start)
        #expect(kinds() == [.brokerUnreachable])
        record.brokerIs(up: true)
        #expect(kinds() == [])
        record.brokerIs(up: false)
        #expect(kinds() == [.brokerUnreachable])
    }

    @Test mutating func theDatabasesLastAnswerCounts() {
        run()
        record.databaseAnswered(trouble: "away")
        #expect(record.unreadiness(at: start) == [HealthProblem(.databaseUnreachable, "away")])
        record.databaseAnswered(trouble: nil)
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
    private mutating func poll(until seconds: Double, lag: Int64) {
        for second in stride(from: 0, through: seconds, by: 100) {
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
        record.databaseAnswered(trouble: "away")
        poll(until: 1000, lag: 5)
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
