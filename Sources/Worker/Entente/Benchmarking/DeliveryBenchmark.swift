import Concepts
import Delivery
import Foundation
import Inference
import Jobs
import Kafka
import Logging
import Persistence
import Processes

/// Times both ends of the flow against a private PostgreSQL cluster and the in-process broker: messages polled and read as
/// jobs, and rows written.
struct DeliveryBenchmark {
    let analysis: Analysis
    let log: Logger

    private static let topic = "entente.image-jobs"
    private static let group = "entente-benchmark"
    /// Images a job has, and so a transaction: each job is written when it is done.
    static let imagesPerJob = 16
    private static let patience = 30.0

    /// Polls `uris` as jobs, then writes `findings`, one for each of them.
    func run(_ clock: inout StageClock, uris: [String], findings: [ImageFindings]) throws {
        let jobs = try jobs(uris)
        try poll(jobs, &clock)
        try write(jobs, findings, &clock)
    }

    private func jobs(_ uris: [String]) throws -> [ImageJob] {
        try stride(from: 0, to: uris.count, by: Self.imagesPerJob).map { start in
            try ImageJob(
                analysis: analysis.id,
                images: uris.indices[start...].prefix(Self.imagesPerJob).map { index in
                    try ImageJob.Image(id: "\(index)", uri: uris[index], label: "\(index % StageBenchmark.classes)")
                })
        }
    }

    private func poll(_ jobs: [ImageJob], _ clock: inout StageClock) throws {
        let broker = try MockBroker(topics: [MockTopic(name: Self.topic, partitions: 1)], logger: log)
        defer { broker.close() }
        // Below 4 s the broker expires members before their first join ends.
        let kafka = KafkaClientConfiguration(
            bootstrapServers: broker.bootstrapServers, properties: ["session.timeout.ms": "6000"])
        let producer = try KafkaProducer(kafka, logger: log)
        for job in jobs { try producer.send(to: Self.topic, value: job.encoded()) }
        try producer.flush(within: .seconds(Self.patience))
        producer.close(within: .seconds(5))

        let consumer = try KafkaConsumer(kafka, group: Self.group, logger: log)
        defer { consumer.close(within: .seconds(5)) }
        try consumer.subscribe(
            to: Self.topic,
            onAssign: { partitions in Dictionary(uniqueKeysWithValues: partitions.map { ($0, .offset(0)) }) },
            onRevoke: { _, _ in })
        let deadline = ContinuousClock.now + .seconds(Self.patience)
        var taken = 0
        while taken < jobs.count {
            let start = StageClock.threadSeconds
            if let record = try consumer.poll(timeout: .milliseconds(100)) {
                let job = try ImageJob(decoding: record.value)
                clock.add("poll", seconds: StageClock.threadSeconds - start, images: job.images.count)
                taken += 1
            } else if deadline < .now {
                throw CommandFailure(.bug, "Only \(taken) of \(jobs.count) jobs came back from the in-process broker.")
            }
        }
    }

    private func write(_ jobs: [ImageJob], _ findings: [ImageFindings], _ clock: inout StageClock) throws {
        let cluster = try PrivateCluster()
        defer { cluster.stop() }
        let connection = try Connection(uri: cluster.uri(), settings: .patient(applicationName: "entente benchmark"))
        _ = try Migrator(connection).migrate()
        try AnalysisStore(connection).register(analysis, name: "benchmark")
        let partition = PartitionKey(group: Self.group, topic: Self.topic, partition: 0)
        let claim = try OffsetLedger(connection).claim(partition, owner: "benchmark")
        let writer = BatchWriter(connection)
        var images = findings[...]
        let served = Self.cpuSeconds(of: connection.backend)
        for (offset, job) in jobs.enumerated() {
            let own = images.prefix(job.images.count)
            images = images.dropFirst(own.count)
            try clock.time("transaction", images: own.count) {
                let rows = zip(job.images, own).map { image, findings in
                    ImageRow(
                        analysisID: job.analysis, image: ImageReference(image, of: job), labelIndex: nil,
                        worker: "benchmark", kernelSet: KernelSet.name, methodRevision: analysis.methodRevision,
                        shard: 0, findings: findings)
                }
                let advance = OffsetAdvance(
                    partition: partition, epoch: claim.epoch, expected: offset > 0 ? Int64(offset) : nil,
                    next: Int64(offset + 1))
                try writer.write(WriteBatch(offsets: [advance], results: rows))
            }
        }
        clock.add(
            "transaction, the server's", seconds: Self.cpuSeconds(of: connection.backend) - served,
            images: findings.count)
    }

    /// CPU seconds of another process, in steps of 10 ms.
    private static func cpuSeconds(of process: Int32) -> Double {
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        // Fields 14 and 15, counted from the end of the program's name, which may hold spaces.
        let ticks = status.split(separator: ")").last?.split(separator: " ").dropFirst(11).prefix(2)
        return (ticks ?? []).reduce(0) { $0 + (Double($1) ?? 0) } / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
