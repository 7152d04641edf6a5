import Concepts
import Inference
import Persistence
import Testbed
import Testing

@testable import Delivery
@testable import Fetch
@testable import Jobs
@testable import Kafka

@Suite struct JobRowsTests {
    private static let analysisID = String(repeating: "0a", count: 16)
    private let rows = JobRows(worker: "host/1")
    private let findings = ImageFindings(top: [.init(classIndex: 2, similarity: 0.25)], partMethods: [])
    private let record = KafkaRecord(
        topicPartition: TopicPartition(topic: "jobs", partition: 67), offset: 12, timestamp: 99, key: [1],
        value: [2, 3],
        headers: [KafkaHeader("trace", [7]), KafkaHeader("empty", nil)])

    private func batch(_ outcome: FinishedJob.Outcome, refusing refused: [Int: ImageFailure] = [:]) -> WriteBatch {
        var jobs = JobBatch(refusing: refused)
        rows.add(FinishedJob(ticket: Ticket(record: record, epoch: 1), outcome: outcome), to: &jobs)
        return jobs.batch
    }

    private func job(_ images: [ImageJob.Image]) throws -> ImageJob {
        try ImageJob(analysis: Self.analysisID, submission: "s", force: true, group: "g", images: images)
    }

    private func image(_ id: String) throws -> ImageJob.Image {
        try ImageJob.Image(
            id: Identifier(id), uri: "file:///\(id)", label: "n2", sha256: String(repeating: "f", count: 64))
    }

    private func done(_ entry: ImageJob.Image) -> JobImage {
        var image = JobImage(entry, patience: 0)
        image.label = 1
        image.timings = StageTimings(fetch: 1, decode: 2, encode: 3, concepts: 4)
        image.state = .analyzed(findings, contentHash: [UInt8](repeating: 0xAB, count: 32), groupDigest: "d")
        return image
    }

    private func failed(_ entry: ImageJob.Image, _ message: String) -> JobImage {
        var image = JobImage(entry, patience: 0)
        image.state = .failed(ImageFailure(.notFound, message))
        return image
    }

    @Test func aResultIsOneRow() throws {
        let analysis = try DemoAnalysis.shared()
        let image = try image("a")
        let batch = batch(.images(analysis, try job([image]), [done(image)]))
        let row = try #require(batch.results.first)
        #expect(batch.results.count == 1)
        #expect(batch.failures.isEmpty)
        #expect(batch.deadLetters.isEmpty)
        #expect(row.analysisID == Self.analysisID)
        #expect(
            row.image
                == ImageReference(id: "a", uri: "file:///a", label: "n2", sha256: image.sha256, group: "g"))
        #expect(row.labelIndex == 1)
        #expect(row.contentHash == String(repeating: "ab", count: 32))
        #expect(row.groupDigest == "d")
        #expect(row.submissionID == "s")
        #expect(row.force)
        #expect(row.worker == "host/1")
        #expect(!row.kernelSet.isEmpty)
        #expect(row.methodRevision == analysis.analysis.methodRevision)
        #expect(row.timings == StageTimings(fetch: 1, decode: 2, encode: 3, concepts: 4))
        #expect(row.shard == 3)
        #expect(row.findings == findings)
    }

    @Test func oneBadImageDoesNotLoseTheOthers() throws {
        let analysis = try DemoAnalysis.shared()
        let images = try ["a", "b", "c", "d"].map(image)
        let batch = batch(
            .images(
                analysis, try job(images),
                [done(images[0]), failed(images[1], "b is gone."), done(images[2]), failed(images[3], "d is gone.")]))
        #expect(batch.results.map(\.image.id) == ["a", "c"])
        #expect(batch.failures.map(\.image?.id) == ["b", "d"])
        #expect(batch.failures.map(\.kind) == ["not_found", "not_found"])
        #expect(batch.failures.map(\.message) == ["b is gone.", "d is gone."])
        let source = MessageSource(topic: "jobs", partition: 67, offset: 12)
        #expect(batch.failures.allSatisfy { $0.source == source && $0.submissionID == "s" && $0.shard == 3 })
        #expect(batch.failures.allSatisfy { $0.analysisID == Self.analysisID && $0.worker == "host/1" })
        // One letter a message, as it came, however many of its images failed.
        let letter = try #require(batch.deadLetters.first)
        #expect(batch.deadLetters.count == 1)
        #expect(letter.source == source)
        #expect(letter.timestamp == 99)
        #expect(letter.key == [1])
        #expect(letter.value == [2, 3])
        #expect(
            letter.headers == [
                .init(name: Array("trace".utf8), value: [7]), .init(name: Array("empty".utf8), value: nil),
            ])
        #expect(letter.reason == "b is gone. (and 1 more)")
    }

    @Test func aJobThatCanNeverSucceedIsOneFailure() throws {
        let unreadable = batch(.failed(JobError(.notJSON, "not JSON"), nil))
        #expect(unreadable.results.isEmpty)
        #expect(unreadable.failures.count == 1)
        #expect(unreadable.failures.first?.image == nil)
        #expect(unreadable.failures.first?.analysisID == nil)
        #expect(unreadable.failures.first?.submissionID == nil)
        #expect(unreadable.failures.first?.kind == "not_json")
        #expect(unreadable.deadLetters.map(\.reason) == ["not JSON"])

        let unregistered = batch(.failed(JobError(.unregisteredAnalysis, "who?"), try job([image("a"), image("b")])))
        #expect(unregistered.failures.count == 1)
        #expect(unregistered.failures.first?.analysisID == Self.analysisID)
        #expect(unregistered.failures.first?.submissionID == "s")
        #expect(unregistered.failures.first?.kind == "unregistered_analysis")
    }

    @Test func anAbandonedJobLeavesNothing() {
        let batch = batch(.abandoned)
        #expect(batch.offsets.isEmpty && batch.results.isEmpty && batch.failures.isEmpty && batch.deadLetters.isEmpty)
    }

    @Test func aResultThatNoTableHoldsBecomesAFailure() throws {
        let images = try ["a", "b", "c"].map(image)
        let error = PersistenceError(.value, "The id is too long.")
        let batch = batch(
            .images(
                try DemoAnalysis.shared(), try job(images),
                [done(images[0]), failed(images[1], "b is gone."), done(images[2])]),
            refusing: [1: ImageFailure(refusedFor: error)])
        #expect(batch.results.map(\.image.id) == ["a"])
        #expect(batch.failures.map(\.image?.id) == ["b", "c"])
        #expect(batch.failures.map(\.kind) == ["not_found", "unstorable"])
        #expect(batch.failures.map(\.message) == ["b is gone.", "The id is too long."])
        #expect(batch.failures.allSatisfy { $0.source?.offset == 12 && $0.submissionID == "s" && $0.shard == 3 })
        #expect(batch.deadLetters.map(\.reason) == ["b is gone. (and 1 more)"])
    }
}
