import Concepts
import Foundation
import Inference
import Persistence
import Testbed
import Testing

@testable import Worker

/// From a record's bytes to pictures, with the analysis out of a real database.
@Suite(.timeLimit(.minutes(2))) struct PreparationTests {
    private let scratch: ScratchFolder
    private let database: TestDatabase
    private let analysis: Analysis
    private let partition = TopicPartition(topic: "t", partition: 0)
    private let assignments = Assignments(limit: .max)
    private let tickets = BoundedQueue<Ticket>(limit: .max)
    private let prepared = BoundedQueue<PreparedJob>(limit: .max)
    private let finished = BoundedQueue<FinishedJob>(limit: .max)
    private let stop = StopSignal()

    init() throws {
        scratch = try ScratchFolder()
        database = try TestDatabase()
        analysis = try DemoAnalysis.analysis()
        try AnalysisStore(database.connect()).register(analysis, name: "trial")
        let claim = try OffsetLedger(database.connect()).claim(
            PartitionKey(group: "g", topic: "t", partition: 0), owner: "worker")
        assignments.assign(partition, startingAt: 0, epoch: claim.epoch, isStored: true)
    }

    private func run(_ values: [String?], models: [String] = [Checkout.model], pixels: Int = 1 << 20) throws {
        let catalog = AnalysisCatalog(
            connection: try database.connect(), models: ModelLibrary(paths: models),
            cache: DemoAnalysis.cache(in: scratch), log: DemoAnalysis.quiet)
        for (offset, value) in values.enumerated() {
            let record = KafkaRecord(
                topicPartition: partition, offset: Int64(offset), value: value.map { Array($0.utf8) })
            tickets.push(try #require(assignments.take(record, weight: 1)))
        }
        tickets.close()
        let limits = DecodingLimits(maxBytes: 1 << 20, maxPixels: pixels)
        Preparation(
            tickets: tickets, prepared: prepared, finished: finished, assignments: assignments,
            flights: Flights(
                connection: try database.connect(), owner: "worker", group: "g", assignments: assignments, stop: stop,
                log: DemoAnalysis.quiet),
            catalog: catalog,
            pictures: PictureSource(
                fetcher: ImageFetcher(
                    files: LocalFile(roots: FileRoots([scratch.path, Checkout.demo]), limit: limits.maxBytes)),
                limits: limits, circuit: FetchCircuit(), giveUpAfter: 0, log: DemoAnalysis.quiet),
            stop: stop, log: DemoAnalysis.quiet
        ).run()
    }

    private func job(_ images: String, analysis id: String? = nil) -> String {
        #"{"schema": "entente.image-job/v1", "analysis": "\#(id ?? analysis.id)", "images": [\#(images)]}"#
    }

    private func image(_ id: String, _ uri: String, _ more: String = "") -> String {
        #"{"id": "\#(id)", "uri": "\#(uri)"\#(more)}"#
    }

    private var good: String { ImageFetcher.fileURI(ofPath: DemoAnalysis.pictures[0]) }

    @Test func picturesAreFetchedDecodedAndFitted() throws {
        try run([job(image("a", good, #", "label": "cave kibbit""#) + "," + image("b", good))])
        let job = try #require(prepared.popAll(waiting: 0).first)
        #expect(finished.popAll(waiting: 0).isEmpty)
        #expect(job.analysis.id == analysis.id)
        try #require(job.images.map(\.image.id) == ["a", "b"])
        #expect(job.images.map(\.label) == [1, nil])
        let picture = try job.images[0].prepared.get()
        #expect(picture.picture.width == 96 && picture.picture.height == 96)
        #expect(picture.contentHash.count == 32)
        #expect(picture.label == 1)
        #expect(picture.picture.pixels == (try DemoAnalysis.prepared(DemoAnalysis.pictures[0]).picture.pixels))
    }

    @Test func eachBadImageHasItsReasonAndTheOthersGoOn() throws {
        let truncated = try Data(contentsOf: URL(fileURLWithPath: DemoAnalysis.pictures[0])).prefix(200)
        try scratch.write([UInt8](truncated), to: "cut.jpg")
        try scratch.write("<html>", to: "page.jpg")
        try scratch.write([], to: "empty.jpg")
        try scratch.makeFolder("folder.jpg")
        func here(_ name: String) -> String { ImageFetcher.fileURI(ofPath: scratch(name)) }
        try run([
            job(
                [
                    image("good", good), image("cut", here("cut.jpg")), image("page", here("page.jpg")),
                    image("empty", here("empty.jpg")), image("folder", here("folder.jpg")),
                    image("none", here("none.jpg")),
                    image("outside", "file:///etc/passwd"), image("scheme", "https://me:pw@host/x.jpg?pw"),
                    image("label", good, #", "label": "trout""#), image("inline", "data:,x"),
                    image("hash", good, #", "sha256": "\#(String(repeating: "0", count: 64))""#),
                ].joined(separator: ","))
        ])
        let job = try #require(prepared.popAll(waiting: 0).first)
        let kinds = job.images.map { entry in
            switch entry.prepared {
            case .success: return "good"
            case .failure(let failure):
                #expect(!failure.description.contains("pw"))
                return failure.kind.rawValue
            }
        }
        #expect(
            kinds == [
                "good", "undecodable", "undecodable", "undecodable", "not_a_file", "not_found", "outside_roots",
                "unsupported_uri", "unknown_label", "undecodable", "content_mismatch",
            ])
    }

    @Test func picturesWithTooManyPixelsAreTooLarge() throws {
        try run([job(image("a", good))], pixels: 100)
        let entry = try #require(prepared.popAll(waiting: 0).first?.images.first)
        let failure = #expect(throws: ImageFailure.self) { try entry.prepared.get() }
        #expect(failure?.kind == .tooLarge)
    }

    @Test func jobsThatCanNeverSucceedGoStraightToTheWriter() throws {
        let nobody = String(repeating: "0", count: 32)
        try run([nil, "not JSON", job(image("a", good), analysis: nobody), job("")])
        #expect(prepared.popAll(waiting: 0).isEmpty)
        let done = finished.popAll(waiting: 0)
        let failures = done.compactMap { finished -> (JobError, ImageJob?)? in
            if case .failed(let error, let job) = finished.outcome { (error, job) } else { nil }
        }
        try #require(failures.map(\.0.kind) == [.tombstone, .notJSON, .unregisteredAnalysis, .noImages])
        #expect(failures[2].1?.analysis == nobody)
        #expect(failures[2].0.message.contains(nobody))
        #expect(done.map(\.ticket.record.offset) == [0, 1, 2, 3])
    }

    /// A model that is not there yet is no fault of the job's: it waits, until the stop or another owner.
    @Test func aMissingModelFailsNothing() throws {
        stop.request()
        try run([job(image("a", good))], models: [])
        #expect(prepared.popAll(waiting: 0).isEmpty)
        let done = finished.popAll(waiting: 0)
        #expect(done.count == 1)
        if case .abandoned? = done.first?.outcome {} else { Issue.record("\(done)") }
    }

    @Test func analysesThatThisBuildCannotRunFailTheJob() throws {
        let other = Analysis(
            model: analysis.model, classes: analysis.classes, descriptors: analysis.descriptors,
            templates: analysis.templates, descriptorTemplate: analysis.descriptorTemplate, method: analysis.method,
            methodRevision: Analysis.currentMethodRevision + 1)
        try AnalysisStore(database.connect()).register(other, name: "later")
        try run([job(image("a", good), analysis: other.id)])
        guard case .failed(let error, _)? = finished.popAll(waiting: 0).first?.outcome else {
            Issue.record("not failed")
            return
        }
        #expect(error.kind == .unsupportedAnalysis)
        #expect(error.message.contains(other.id))
        #expect(error.message.contains("method revision \(other.methodRevision)"))
    }
}
