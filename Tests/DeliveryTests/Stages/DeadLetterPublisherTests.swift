import CKafka
import Inference
import Logging
import Testbed
import Testing
import Threads

@testable import Delivery
@testable import Kafka
@testable import Persistence

/// From the outbox to the topic, with a real database and librdkafka's in-process broker.
@Suite(.timeLimit(.minutes(3))) struct DeadLetterPublisherTests {
    private static let topic = "buried"

    private let database: TestDatabase
    private let broker: MockBroker

    init() throws {
        database = try TestDatabase()
        broker = try MockBroker(
            topics: [MockTopic(name: Self.topic, partitions: 1)], brokers: 1, logger: DemoAnalysis.quiet)
    }

    private func write(_ offsets: Range<Int64>, bytes: Int = 10, group: Identifier = "entente") throws {
        let letters = offsets.map {
            DeadLetter(
                source: .init(topic: "t", partition: 0, offset: $0, group: group), key: nil,
                value: Array(repeating: 7, count: bytes), reason: "it is bad")
        }
        try BatchWriter(database.connect()).write(WriteBatch(deadLetters: letters))
    }

    private func publisher(_ properties: [String: String] = [:], made: Shared<Int> = Shared(0)) throws
        -> DeadLetterPublisher
    {
        let configuration = KafkaClientConfiguration(
            bootstrapServers: broker.bootstrapServers,
            properties: ["reconnect.backoff.max.ms": "300", "retry.backoff.ms": "50"].merging(properties) { $1 })
        return try DeadLetterPublisher(
            connection: try database.connect("publisher"), topic: Self.topic, patience: .seconds(0.5),
            log: DemoAnalysis.quiet
        ) {
            made.change { $0 += 1 }
            return try KafkaProducer(configuration, logger: DemoAnalysis.quiet, oneByOne: true)
        }
    }

    private func number(_ sql: String) throws -> Int { Int(try database.connect().query(sql).bigint(0, 0)) }

    /// Lets it run until nothing is left in the outbox but what is withheld, and end.
    private func run(_ publishers: [DeadLetterPublisher], meanwhile: () throws -> Void = {}) throws {
        let threads = publishers.map { publisher in WorkerThread("letters") { publisher.run() } }
        defer {
            publishers.forEach { $0.close() }
            threads.forEach { $0.join() }
        }
        try meanwhile()
        try eventually(within: 60, "all letters are out") {
            try number("SELECT count(*) FROM entente.dead_letters WHERE NOT published AND withheld IS NULL") == 0
        }
    }

    /// What is on the topic: offsets, and whether the value is with them.
    private func buried() throws -> [String] {
        let consumer = try KafkaConsumer(
            KafkaClientConfiguration(
                bootstrapServers: broker.bootstrapServers,
                properties: ["session.timeout.ms": "4000", "heartbeat.interval.ms": "300"]),
            group: "undertaker", logger: DemoAnalysis.quiet)
        defer { consumer.close(within: .seconds(5)) }
        let place = TopicPartition(topic: Self.topic, partition: 0)
        try consumer.subscribe(to: Self.topic, onAssign: { _ in [place: .earliest] }, onRevoke: { _, _ in })
        var found: [String] = []
        try eventually(within: 60, "the end of the topic") {
            if let record = try consumer.poll(timeout: .milliseconds(50)) {
                let offset = record.headers.last { $0.name == "entente.dead-letter.offset" }?.value ?? []
                found.append(String(decoding: offset, as: UTF8.self) + (record.value == nil ? " bare" : ""))
                return false
            }
            guard consumer.owned.first != nil else { return false }
            return try consumer.watermarks(of: place, within: .seconds(5)).upperBound == Int64(found.count)
        }
        return found
    }

    @Test func oneLetterOverTheBrokersLimitHoldsUpNobody() async throws {
        try await onOwnThread {
            try write(0..<40)
            broker.fail(.produce, with: [KafkaErrorCode(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)])
            try run([publisher()])
            let found = try buried()
            #expect(found.count == 40 && Set(found.map { $0.split(separator: " ")[0] }).count == 40, "\(found)")
            #expect(found.filter { $0.hasSuffix("bare") } == ["0 bare"])
        }
    }

    /// Larger than the client itself sends: no broker is asked.
    @Test func lettersOverTheClientsLimitShrinkOrStay() async throws {
        try await onOwnThread {
            try write(0..<3, bytes: 5000)
            try write(3..<6)
            try run([publisher(["message.max.bytes": "2000"])])
            #expect(try buried().sorted() == ["0 bare", "1 bare", "2 bare", "3", "4", "5"])
            // Nothing fits at all.
            let connection = try database.connect()
            try write(6..<7, bytes: 5000)
            broker.fail(
                .produce, with: Array(repeating: KafkaErrorCode(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE), count: 3))
            try run([publisher()])
            #expect(try buried().count == 6)
            let withheld = try connection.query(
                "SELECT dead_letter_id, withheld FROM entente.dead_letters WHERE withheld IS NOT NULL")
            #expect(try withheld.count == 1 && withheld.text(0, 1).contains("MSG_SIZE_TOO_LARGE"))
        }
    }

    @Test func oneOfManyPublishesAndEachLetterOnce() async throws {
        try await onOwnThread {
            try write(0..<150)
            try run(try (0..<4).map { _ in try publisher() }) { try write(150..<260) }
            let found = try buried()
            #expect(found.count == 260 && Set(found).count == 260)
        }
    }

    /// What is under way waits for its report, however long the broker is away.
    @Test func nothingIsRepeatedWhileTheBrokerIsAway() async throws {
        try await onOwnThread {
            try write(0..<30)
            try broker.takeDown()
            try run([publisher()]) {
                // Several times what a publisher waits for a page.
                let end = ContinuousClock.now + .seconds(3)
                try eventually(within: 120, "the first patience is over") {
                    if ContinuousClock.now < end { return false }
                    try broker.bringUp()
                    return true
                }
            }
            let found = try buried()
            #expect(found.count == 30 && Set(found).count == 30, "\(found.count)")
        }
    }

    /// A right that was missing when the producer asked for its id, and came later.
    @Test func aProducerThatFailedForGoodIsFollowedByAnother() async throws {
        try await onOwnThread {
            try write(0..<5)
            let made = Shared(0)
            broker.fail(
                .initProducerId, with: [KafkaErrorCode(RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)])
            try run([publisher(made: made)])
            #expect(made.value == 2)
            #expect(try buried().count == 5)
        }
    }

    @Test func groupsHaveLettersOfTheirOwn() async throws {
        try await onOwnThread {
            try write(0..<2)
            try write(0..<2, group: "others")
            try run([publisher()])
            #expect(try buried().sorted() == ["0", "0", "1", "1"])
            let rows = try database.connect().query("SELECT dead_letter_id FROM entente.dead_letters ORDER BY 1")
            #expect(
                try (0..<rows.count).map { try rows.text($0, 0) } == ["t/0/0", "t/0/0/others", "t/0/1", "t/0/1/others"])
        }
    }
}
