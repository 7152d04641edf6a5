import Concepts
import Foundation
import Inference
import Persistence
import Testbed
import Testing

@testable import Analyzing
@testable import Delivery
@testable import Fetch
@testable import Jobs
@testable import Kafka
@testable import Threads

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
        assignments.assign(PartitionLedger(partition, startingAt: 0, epoch: claim.epoch))
    }

    /// - Parameter hindrance: called before each fetch, with the URI; what it throws is the fetch's failure.
    private func run(
        _ values: [String?], models: [String] = [Checkout.model], pixels: Int = 1 << 20, giveUpAfter: Double = 0,
        hindrance: @escaping @Sendable (String) throws -> Void = { _ in }
    ) throws {
        try take(values)
        tickets.close()
        try preparation(models: models, pixels: pixels, giveUpAfter: giveUpAfter, hindrance: hindrance)
            .run(from: tickets, to: prepared, or: finished)
    }

    private func take(_ values: [String?], from first: Int = 0) throws {
        for (offset, value) in values.enumerated() {
            let record = KafkaRecord(
                topicPartition: partition, offset: Int64(first + offset), value: value.map { Array($0.utf8) })
            tickets.push(try #require(assignments.take(record, weight: 1).ticket))
        }
    }

    private func preparation(
        models: [String] = [Checkout.model], pixels: Int = 1 << 20, giveUpAfter: Double,
        hindrance: @escaping @Sendable (String) throws -> Void
    ) throws -> Preparation {
        let catalog = AnalysisCatalog(
            connection: try database.connect(), models: ModelLibrary(paths: models),
            cache: DemoAnalysis.cache(in: scratch), log: DemoAnalysis.quiet)
        let limits = DecodingLimits(maxBytes: 1 << 20, maxPixels: pixels)
        let roots = FileRoots([scratch.path, Checkout.demo])
        let fetcher = ImageFetcher(files: LocalFile(roots: roots, limit: limits.maxBytes))
        return Preparation(
            assignments: assignments,
            admission: JobAdmission(
                connection: try database.connect(), owner: "worker", group: "g", assignments: assignments, stop: stop,
                log: DemoAnalysis.quiet),
            catalog: catalog,
            pictures: PictureSource(
                fetch: { uri, hash in
                    try hindrance(uri)
                    return try fetcher.fetch(uri, sha256: hash)
                }, limits: limits, circuit: FetchCircuit(roots: roots), giveUpAfter: giveUpAfter,
                log: DemoAnalysis.quiet),
            stop: stop)
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
        try #require(job.images.map(\.entry.id) == ["a", "b"])
        #expect(job.images.map(\.label) == [1, nil])
        let picture = try #require(job.images[0].picture)
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
            guard let failure = entry.failure else { return "good" }
            #expect(!failure.description.contains("pw"))
            return failure.kind.rawValue
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
        let failure = entry.failure
        #expect(failure?.kind == .tooLarge)
    }

    private struct Hiccup: Error {}

    /// One thread: whatever waits must not wait on it.
    @Test func aSlowFetchHoldsUpNoOtherJob() throws {
        let calls = Shared(0)
        try run([job(image("slow", good + "?") + "," + image("a", good)), job(image("b", good))], giveUpAfter: 60) {
            guard $0.hasSuffix("?") else { return }
            calls.change { $0 += 1 }
            if calls.value < 4 { throw Hiccup() }
        }
        let jobs = prepared.popAll(waiting: 0)
        try #require(jobs.map { $0.images.map(\.entry.id) } == [["b"], ["slow", "a"]])
        #expect(jobs[1].images[0].failure != nil, "a file has no query, once it is read")
        #expect(calls.value == 4)
        #expect(jobs[1].images[1].picture != nil)
    }

    @Test func whatStaysAwayIsGivenUp() throws {
        try run([job(image("never", good) + "," + image("inline", "data:,x"))], giveUpAfter: 0.3) {
            if $0.hasPrefix("file") { throw Hiccup() }
        }
        let entry = try #require(prepared.popAll(waiting: 0).first?.images.first)
        let failure = entry.failure
        #expect(failure?.kind == .fetchExhausted)
        #expect((failure?.attempts ?? 0) > 1)
    }

    /// A host that says when it wants to be asked again is not asked before, as far as there is patience.
    @Test func wishesOfAHostAreHeeded() throws {
        let times = Shared([ContinuousClock.Instant]())
        try run([job(image("busy", good))], giveUpAfter: 30) { _ in
            times.change { $0.append(.now) }
            if times.value.count == 1 { throw TransientFetchFailure(description: "busy", retryAfter: 0.4) }
        }
        try #require(times.value.count == 2)
        #expect(times.value[0].duration(to: times.value[1]) >= .seconds(0.4))
    }

    @Test func noWishOutlastsPatience() throws {
        try run([job(image("busy", good))], giveUpAfter: 0.2) { _ in
            throw TransientFetchFailure(description: "busy", retryAfter: 3600)
        }
        let entry = try #require(prepared.popAll(waiting: 0).first?.images.first)
        let failure = entry.failure
        #expect(failure?.kind == .fetchExhausted)
    }

    /// Ten failures in a row are the volume's fault, and no image's.
    @Test func aHostThatComesBackFailsNoImage() throws {
        let calls = Shared(0)
        try run((0..<12).map { job(image("\($0)", good)) }, giveUpAfter: 1.1) { _ in
            calls.change { $0 += 1 }
            if calls.value <= 11 { throw Hiccup() }
        }
        let jobs = prepared.popAll(waiting: 0)
        #expect(jobs.count == 12)
        for job in jobs { #expect(job.images[0].picture != nil) }
    }

    /// Its circuit opens, and stops the clock of its images' patience; but not for ever.
    @Test func aHostThatStaysAwayFailsItsImages() throws {
        try run(
            [job((0..<3).map { image("\($0)", good) }.joined(separator: ","))]
                + (3..<15).map { job(image("\($0)", good)) },
            giveUpAfter: 0.4
        ) { _ in throw Hiccup() }
        let images = prepared.popAll(waiting: 0).flatMap(\.images)
        try #require(images.count == 15)
        for image in images {
            #expect(image.failure?.kind == .fetchExhausted)
            #expect(
                image.failure?.description.contains("Given up after") == true,
                "\(String(describing: image.failure))")
            #expect(!image.isOriginAway, "nothing else answered either")
        }
    }

    /// What tells a host that is gone from a worker that can't fetch.
    @Test func imagesOfAHostThatAloneIsAwayAreToldApart() throws {
        let away = ImageFetcher.fileURI(ofPath: scratch("away.jpg"))
        try run(
            [job(image("away", away) + "," + image("near", good) + "," + image("inline", "data:,x"))], giveUpAfter: 0.2
        ) {
            if $0 == away { throw Hiccup() }
        }
        let images = try #require(prepared.popAll(waiting: 0).first?.images)
        #expect(images.map(\.isOriginAway) == [true, false, false])

        tickets.close()
        try expectAlone(away)
    }

    /// Neither a picture in its own URI nor one that may not be asked for is an answer.
    private func expectAlone(_ away: String) throws {
        let other = try PreparationTests()
        try other.run(
            [
                other.job(
                    other.image("away", away) + "," + other.image("no", "file:///etc/passwd") + ","
                        + other.image("inline", "data:,x"))
            ],
            giveUpAfter: 0.2
        ) { if $0 == away { throw Hiccup() } }
        let images = try #require(other.prepared.popAll(waiting: 0).first?.images)
        #expect(images.map(\.isOriginAway) == [false, false, false])
    }

    /// Two jobs whose host hangs on every retry, and two threads: one of them stays for what comes new.
    @Test func retriesDoNotHoldEveryThread() throws {
        let calls = Shared(0)
        let (began, quick) = (BoundedQueue<Void>(limit: .max), BoundedQueue<Void>(limit: .max))
        let timely = Shared(true)
        let slow = good + "?"
        let preparation = try preparation(giveUpAfter: 60) { uri in
            if uri != slow { return }
            calls.change { $0 += 1 }
            if calls.value <= 2 { throw Hiccup() }
            began.push(())
            // Until all others are done.
            if quick.pop(waiting: 30) == nil { timely.change { $0 = false } }
        }
        try take([job(image("slow 1", slow)), job(image("slow 2", slow))])
        let threads = (0..<2).map { _ in
            WorkerThread("fetch") { [tickets, prepared, finished] in
                preparation.run(from: tickets, to: prepared, or: finished)
            }
        }
        #expect(began.pop(waiting: 30) != nil)
        try take((0..<10).map { job(image("quick \($0)", good)) }, from: 2)
        for _ in 0..<10 { #expect(prepared.pop(waiting: 30)?.images.first?.picture != nil) }
        quick.push(())
        // The second one's turn.
        quick.push(())
        tickets.close()
        #expect(threads.allSatisfy { $0.join(within: 60) })
        #expect(timely.value, "ten quick pictures waited for a slow one")
    }

    /// A job may have hundreds of images where each fetch hangs.
    @Test func aJobWhoseHostHangsMakesWayAfterOneFetch() throws {
        let fetched = Shared([String]())
        let never = DispatchSemaphore(value: 0)
        let hanging = [good + "?1", good + "?2", good + "?3"]
        try run([job(hanging.map { image($0, $0) }.joined(separator: ",")), job(image("quick", good))], giveUpAfter: 0)
        { uri in
            fetched.change { $0.append(uri) }
            guard hanging.contains(uri) else { return }
            // As long as a time-out takes.
            _ = never.wait(timeout: .now() + 1.1)
            throw Hiccup()
        }
        #expect(fetched.value.prefix(2).last == good, "\(fetched.value)")
        #expect(fetched.value.count == 4)
    }

    @Test func jobsOfACancelledSubmissionAreOver() throws {
        let submissions = SubmissionStore(try database.connect())
        let kept = try submissions.create(analysisID: analysis.id, kind: .submit)
        let cancelled = try submissions.create(analysisID: analysis.id, kind: .submit)
        try database.connect().exec("SELECT entente.cancel_submission('\(cancelled.id)')")
        try run(
            [cancelled.id, kept.id].map { id in
                #"{"schema": "entente.image-job/v1", "analysis": "\#(analysis.id)", "submission": "\#(id)", "#
                    + #""images": [\#(image(id.text, good))]}"#
            })
        #expect(prepared.popAll(waiting: 0).map { $0.images.map(\.entry.id) } == [[kept.id]])
        let done = finished.popAll(waiting: 0)
        #expect(done.map(\.ticket.record.offset) == [0])
        guard case .cancelled(let job)? = done.first?.outcome else {
            Issue.record("\(done)")
            return
        }
        #expect(job.images.map(\.id) == [cancelled.id])
    }

    /// What would stay as it is, is not computed.
    @Test func standingResultsAreLeftOut() throws {
        let connection = try database.connect()
        try connection.exec(
            """
            INSERT INTO entente.images (analysis_id, image_id, uri, shard) VALUES ('\(analysis.id)', 'a', 'data:', 0);
            INSERT INTO entente.image_results (analysis_id, image_id, predicted_index, top_classes, top_similarities,
                worker, kernel_set, method_revision, fetch_microseconds, decode_microseconds, encode_microseconds,
                concepts_microseconds, shard)
            VALUES ('\(analysis.id)', 'a', 0, '{0}', '{0.5}', 'w', 'k', 1, 0, 0, 0, 0, 0)
            """)
        try run([job(image("a", good)), job(image("a", good) + "," + image("b", good))])
        let done = finished.popAll(waiting: 0)
        #expect(done.count == 1)
        guard case .images(_, let job, let images)? = done.first?.outcome else {
            Issue.record("\(done)")
            return
        }
        #expect(job.images.map(\.id) == ["a"] && images.isEmpty)
        #expect(prepared.popAll(waiting: 0).map { $0.images.map(\.entry.id) } == [["b"]])
    }

    private func failures(_ images: [JobImage]) -> [String] {
        images.compactMap { image in image.failure.map { "\(image.entry.id) \($0.kind.rawValue)" } }
    }

    /// What is known as another picture fails, and the others of its job go on.
    @Test func anotherLabelOrPictureFailsAlone() throws {
        let store = SubmissionStore(try database.connect())
        let label = analysis.classes[1].id
        let old = try store.create(analysisID: analysis.id, kind: .submit)
        try store.expect(
            [
                ImageReference(id: "relabelled", uri: "file:///x", label: analysis.classes[0].id),
                ImageReference(
                    id: "changed", uri: "file:///x", label: label, sha256: String(repeating: "a", count: 64)),
                ImageReference(id: "moved", uri: "file:///x", label: label),
            ], of: old)
        let said = #", "label": "\#(label)""#
        let images = [
            image("relabelled", good, said), image("moved", good, said), image("new", good, said),
            image("changed", good, said + #", "sha256": "\#(String(repeating: "b", count: 64))""#),
        ]
        try run([job(images.joined(separator: ","))])
        let jobs = prepared.popAll(waiting: 0)
        try #require(jobs.count == 1)
        #expect(failures(jobs[0].images) == ["relabelled image_conflict", "changed image_conflict"])
        #expect(jobs[0].images.filter { $0.picture != nil }.map(\.entry.id) == ["moved", "new"])
        #expect(jobs[0].images.map(\.isNamedAnew) == [true, true, true, true])
    }

    /// A job of a submission may be late: what a later one has said of its images since counts.
    @Test(arguments: [true, false]) func whatALaterSubmissionReplacesIsNotComputed(isOlder: Bool) throws {
        let store = SubmissionStore(try database.connect())
        var submissions = try (0..<2).map { _ in try store.create(analysisID: analysis.id, kind: .submit, force: true) }
        if !isOlder { submissions.reverse() }
        try store.expect(
            [ImageReference(id: "a", uri: "file:///x", label: analysis.classes[0].id)], of: submissions[1])
        try run(
            [
                #"{"schema": "entente.image-job/v1", "analysis": "\#(analysis.id)", "submission": "\#(submissions[0].id)", "#
                    + #""images": [\#(image("a", good))]}"#
            ])
        let done = finished.popAll(waiting: 0)
        guard case .images(_, _, let images)? = done.first?.outcome ?? nil, isOlder else {
            // Failed images go the way of those that a lane computes.
            #expect(!isOlder && prepared.popAll(waiting: 0).flatMap { failures($0.images) } == ["a image_conflict"])
            return
        }
        #expect(images.isEmpty)
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

    /// An analysis of a build to come, registered; no worker of this build computes it.
    private func later() throws -> Analysis {
        let later = Analysis(
            model: analysis.model, classes: analysis.classes, descriptors: analysis.descriptors,
            templates: analysis.templates, descriptorTemplate: analysis.descriptorTemplate, method: analysis.method,
            methodRevision: MethodStage.newest + 1)
        try AnalysisStore(database.connect()).register(later, name: "later")
        return later
    }

    /// Whoever computes it may come yet: its job waits, as for a missing model.
    @Test func anotherRevisionFailsNothing() throws {
        let later = try later()
        stop.request()
        try run([job(image("a", good), analysis: later.id)])
        #expect(prepared.popAll(waiting: 0).isEmpty)
        let done = finished.popAll(waiting: 0)
        #expect(done.count == 1)
        if case .abandoned? = done.first?.outcome {} else { Issue.record("\(done)") }
    }

    /// The way out when nobody ever comes.
    @Test func aCancelledSubmissionEndsTheWaiting() throws {
        let later = try later()
        let submissions = try SubmissionStore(database.connect())
        let submission = try submissions.create(analysisID: later.id, kind: .submit)
        _ = try submissions.cancel(submission.id.text)
        let job = #"""
            {"schema": "entente.image-job/v1", "analysis": "\#(later.id)", "submission": "\#(submission.id)",
            "images": [\#(image("a", good))]}
            """#
        try run([job])
        #expect(prepared.popAll(waiting: 0).isEmpty)
        guard case .cancelled(let dropped)? = finished.popAll(waiting: 0).first?.outcome else {
            Issue.record("not cancelled")
            return
        }
        #expect(dropped.images.map(\.id) == ["a"])
    }

    @Test func anotherRevisionIsNamed() throws {
        let later = try later()
        let observation = Observation()
        let catalog = AnalysisCatalog(
            connection: try database.connect(), models: ModelLibrary(paths: [Checkout.model]),
            cache: DemoAnalysis.cache(in: scratch), log: DemoAnalysis.quiet, observation: observation)
        guard case .unavailable(let reason, _) = try catalog.analysis(later.id) else {
            Issue.record("not unavailable")
            return
        }
        #expect(reason.contains(later.id))
        #expect(reason.contains("method revision \(later.methodRevision)"))
        let problem = try #require(observation.unreadiness.first { $0.kind == .analysisOfAnotherRevision })
        #expect(problem.detail.contains(later.id))

        // One that this build can't even read.
        try database.connect().exec(
            "UPDATE entente.analyses SET canonical_json = '{}' WHERE analysis_id = '\(later.id)'")
        let other = Observation()
        let second = AnalysisCatalog(
            connection: try database.connect(), models: ModelLibrary(paths: [Checkout.model]),
            cache: DemoAnalysis.cache(in: scratch), log: DemoAnalysis.quiet, observation: other)
        guard case .unavailable = try second.analysis(later.id) else {
            Issue.record("not unavailable")
            return
        }
        #expect(other.unreadiness.contains { $0.kind == .analysisOfAnotherRevision })
    }
}
