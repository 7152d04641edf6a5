import Concepts
import Foundation
import Inference
import Logging
import Persistence
import Testbed
import Testing

@testable import Fetch
@testable import Kafka

/// What a worker waits for, because time or an operator can mend it, instead of failing what it was given.
@Suite(.startsWorkers) struct WaitingTests {
    @Test func aMissingModelFailsNothing() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1, classes: 3)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let models = site.scratch.path + "/models"
            try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
            let worker = try site.worker(["--until-idle", "1"], environment: ["ENTENTE_MODEL_PATH": models])
            try worker.waitForErrors(containing: "analysis can't be loaded yet")
            #expect(worker.errors.contains("ENTENTE_MODEL_PATH"))
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: 0, failed: 0, pending: ids.count))
            #expect(worker.isRunning)

            try FileManager.default.createSymbolicLink(
                atPath: models + "/drawn", withDestinationPath: DrawnWorld.model)
            let end = try worker.wait(within: 120)
            #expect(end.status == 0, "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
        }
    }

    /// Only the partition whose job needs the missing model waits.
    @Test func otherPartitionsGoOn() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let other = try Self.otherModel(site)
            let stranded = try site.submit(
                ["--images", DrawnWorld.copy([DrawnWorld.ids(perClass: 1)[0]], to: site.scratch, as: "pictures/one")],
                analysis: other)
            let held = try #require(try Self.recordCounts(site).firstIndex(of: 1))
            let ids = DrawnWorld.ids(perClass: 1)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let free = try Self.recordCounts(site)[1 - held]
            try #require(0 < free && free < ids.count, "both partitions have jobs")

            let worker = try site.worker(["--until-idle", "1"])
            try eventually(within: 120, "the free partition is worked off") {
                try site.status(submitted.analysis).done == free
            }
            #expect(
                try site.status(stranded.analysis) == Standing(expected: 1, done: 0, failed: 0, pending: 1))
            #expect(worker.isRunning)
            // Nothing hurries: a stop does not wait for what can't be finished.
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 20)
            #expect(end.status == 0, "\(end)")
            #expect(end.seconds < 60)

            try site.work(environment: [
                "ENTENTE_MODEL_PATH": DrawnWorld.model + ":" + site.scratch.path + "/other"
            ])
            #expect(try site.status(submitted.analysis).done == ids.count)
            #expect(try site.status(stranded.analysis).done == 1)
            try site.expectRollupsTrue()
        }
    }

    /// Jobs of an analysis that another build computes wait, by name, and nothing else does; and with no such build left,
    /// `replay` and `submissions cancel` are the way out.
    @Test func anAnalysisOfAnotherRevisionWaitsUntilItIsCalledOff() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let present = try site.register(DrawnWorld.analysis)
            let later = try Self.later(present, site)
            let ids = DrawnWorld.ids(perClass: 1)
            let stranded = try Self.produce(ids[0], of: later, site)
            let held = try #require(try Self.recordCounts(site).firstIndex(of: 1))
            let submitted = try site.submit(Array(ids.dropFirst()), imagesPerJob: 1)
            let free = try Self.recordCounts(site)[1 - held]
            try #require(0 < free && free < ids.count - 1, "both partitions have jobs")

            let worker = try site.worker(["--until-idle", "1"], environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            try eventually("the other revision is named") {
                try port.unreadiness().map(\.kind) == ["analysis_of_another_revision"]
            }
            let problem = try #require(try port.unreadiness().first)
            #expect(problem.detail.contains(later.id) && problem.detail.contains("\(later.methodRevision)"))
            try eventually("the free partition is worked off") { try site.status(submitted.analysis).done >= free }
            #expect(try site.status(later.id) == Standing(expected: 1, done: 0, failed: 0, pending: 1))
            #expect(worker.isRunning)

            // What waits is sent under the analysis that this build computes, and then called off.
            let refused = try site.entente(["replay", "--from", submitted.analysis, "--to", later.id])
            #expect(
                refused.status == 65 && refused.errors.contains("method revision \(later.methodRevision)"), "\(refused)"
            )
            try Self.expectNotRequeued(later, site)
            let replayed = try site.entente(["replay", "--from", later.id, "--to", DrawnWorld.analysis])
            #expect(replayed.status == 0, "\(replayed)")
            let cancelled = try site.entente(["submissions", "cancel", stranded])
            #expect(cancelled.status == 0, "\(cancelled)")
            let end = try worker.wait(within: 120)
            #expect(end.status == 0, "\(end)")
            #expect(
                try site.status(present.id)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            #expect(try site.status(later.id) == Standing(expected: 0, done: 0, failed: 0, pending: 0))
            try site.expectRollupsTrue()
        }
    }

    /// A dead letter of such an analysis is not sent where it would only wait.
    private static func expectNotRequeued(_ later: Analysis, _ site: Site) throws {
        try site.connect().exec(
            """
            INSERT INTO entente.failed_images
                (topic, partition, message_offset, analysis_id, image_id, kind, message, worker, shard)
            VALUES ('\(Site.topic)', 0, 4711, '\(later.id)', '', 'unsupported_analysis', 'made up', 'w', 0);
            INSERT INTO entente.dead_letters
                (dead_letter_id, topic, partition, message_offset, message_value, header_names, header_values, reason, published)
            VALUES ('\(Site.topic)/0/4711', '\(Site.topic)', 0, 4711, 'x', '{}', '{}', 'made up', true)
            """)
        let end = try site.entente(["dead-letters", "requeue", "--all", "--json"])
        #expect(end.status == 65 && end.output.contains("\"another_revision\":1,"), "\(end)")
        #expect(end.output.contains("\"requeued\":0,"), "\(end)")
    }

    /// The same analysis under a revision that no build of today computes.
    private static func later(_ present: Analysis, _ site: Site) throws -> Analysis {
        let later = Analysis(
            model: present.model, classes: present.classes, descriptors: present.descriptors,
            templates: present.templates, descriptorTemplate: present.descriptorTemplate, method: present.method,
            methodRevision: MethodStage.newest + 1)
        try AnalysisStore(site.connect()).register(later, name: "later")
        return later
    }

    /// One image's job as `submit` sends it; the submission.
    private static func produce(_ id: String, of analysis: Analysis, _ site: Site) throws -> String {
        let path = try DrawnWorld.copy([id], to: site.scratch) + "/" + id
        let uri = ImageFetcher.fileURI(ofPath: path)
        let submissions = SubmissionStore(try site.connect())
        let submission = try submissions.create(analysisID: analysis.id, kind: .submit)
        try submissions.expect([ImageReference(id: Identifier(id), uri: uri)], of: submission)
        try site.produce(
            #"""
            {"schema": "entente.image-job/v1", "analysis": "\#(analysis.id)", "submission": "\#(submission.id)",
            "images": [{"id": "\#(id)", "uri": "\#(uri)"}]}
            """#, key: id)
        return submission.id.text
    }

    /// An analysis file whose model has other weights than the demo's.
    private static func otherModel(_ site: Site) throws -> String {
        let folder = site.scratch.path + "/other"
        try FileManager.default.copyItem(atPath: DrawnWorld.model, toPath: folder)
        let weights = folder + "/open_clip_model.safetensors"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
        // The lowest bit of some weight.
        bytes[bytes.count - 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: weights))
        for name in ["classes.json", "descriptors.json"] {
            try FileManager.default.copyItem(
                atPath: DrawnWorld.folder + "/" + name, toPath: site.scratch.path + "/" + name)
        }
        let yaml = try String(contentsOfFile: DrawnWorld.analysis, encoding: .utf8)
        return try site.scratch.write(yaml.replacing("model: model", with: "model: other"), to: "other.yaml")
    }

    private static func recordCounts(_ site: Site) throws -> [Int] {
        let consumer = try KafkaConsumer(
            KafkaClientConfiguration(bootstrapServers: site.bootstrapServers), group: "onlooker",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        defer { consumer.close(within: .seconds(5)) }
        return try (0..<2).map { number in
            Int(
                try consumer.watermarks(
                    of: TopicPartition(topic: Site.topic, partition: number), within: .seconds(10)
                ).upperBound)
        }
    }

    /// A broker that doesn't answer is not an empty queue.
    @Test func anAbsentBrokerIsNoIdleness() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let worker = try site.worker(
                ["--until-idle", "0.1"],
                environment: [
                    "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
                    "ENTENTE_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "1000",
                ])
            try worker.waitForErrors(containing: "the broker or the database does not answer")
            #expect(worker.isRunning)
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0, "\(end)")
        }
    }
}
