import Analyzing
import Fetch
import Inference
import Testbed
import Testing
import Threads

@testable import Delivery
@testable import Jobs
@testable import Kafka
@testable import Persistence

/// The writer thread, with a real database.
@Suite(.timeLimit(.minutes(3))) struct WriterTests {
    private static let place = TopicPartition(topic: "jobs", partition: 0)

    /// A statement that takes the database longer than it may is not tried again at the same size for ever.
    @Test func whatTakesTooLongIsWrittenInSmallerBatches() async throws {
        try await onOwnThread {
            let database = try TestDatabase()
            let connection = try database.connect()
            let analysis = try DemoAnalysis.analysis()
            try AnalysisStore(connection).register(analysis, name: "demo")
            // A millisecond an image, and a time-out that the whole batch is beyond.
            try connection.exec(
                """
                CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_sleep((SELECT count(*) FROM new_rows) * 0.001);
                    RETURN NULL;
                END $$;
                CREATE TRIGGER z_take_time AFTER INSERT ON entente.images REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION take_time()
                """)
            var settings = SessionSettings(applicationName: "writer")
            settings.statementTimeout = 700
            let epoch = try OffsetLedger(connection).claim(PartitionKey(Self.place, of: "g"), owner: "w").epoch
            let assignments = Assignments(limit: .max)
            assignments.assign(PartitionLedger(Self.place, startingAt: 0, epoch: epoch))
            #expect(
                try OffsetLedger(connection).start(PartitionKey(Self.place, of: "g"), epoch: epoch, at: 0, cluster: nil)
            )
            let broker = try MockBroker(
                topics: [MockTopic(name: "buried", partitions: 1)], brokers: 1, logger: DemoAnalysis.quiet)
            let letters = try DeadLetterPublisher(
                connection: database.connect("letters"), topic: "buried", log: DemoAnalysis.quiet
            ) {
                try KafkaProducer(
                    KafkaClientConfiguration(bootstrapServers: broker.bootstrapServers, properties: [:]),
                    logger: DemoAnalysis.quiet, oneByOne: true)
            }
            let writer = Writer(
                connection: try Connection(uri: database.uri, settings: settings), assignments: assignments, group: "g",
                deadLetters: letters, limit: FailureLimit(imageLimit: nil, jobLimit: nil), worker: "w",
                stop: StopSignal(),
                log: DemoAnalysis.quiet)

            let finished = BoundedQueue<FinishedJob>(limit: .max)
            for number in 0..<16 {
                let images = try (0..<128).map {
                    try ImageJob.Image(id: "\(number)/\($0)", uri: "file:///\(number)/\($0)", label: nil)
                }
                let record = KafkaRecord(topicPartition: Self.place, offset: Int64(number), value: [])
                guard case .ticket(let ticket) = assignments.take(record, weight: 1) else {
                    Issue.record("not taken")
                    return
                }
                finished.push(
                    FinishedJob(
                        ticket: ticket,
                        outcome: .failed(
                            JobError(.crashedWorker, "x"), try ImageJob(analysis: analysis.id, images: images))))
            }
            finished.close()
            writer.run(from: finished)
            #expect(writer.failure == nil)
            #expect(try connection.query("SELECT count(*) FROM entente.failed_images").bigint(0, 0) == 16 * 128)
            #expect(try OffsetLedger(connection).position(PartitionKey(Self.place, of: "g"))?.nextOffset == 16)
        }
    }
}
