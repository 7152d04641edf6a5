import Analyzing
import Concepts
import Inference
import Jobs
import Logging
import Threads

/// A compute lane: one thread with its own scratch memory, BLAS single-threaded.
struct Lane: Sendable {
    let assignments: Assignments
    let batchSize: Int
    var observation = Observation()
    /// Whether work on a job is still worth while: it has the process's grace period, and its partition is this worker's.
    var goesOn: @Sendable (Ticket) -> Bool = { _ in true }
    /// Whether an analysis stays in memory while no job of it is there; else its scratch memory goes, too.
    var keeps: @Sendable (String) -> Bool = { _ in true }
    var beforeComputing: @Sendable ([Identifier]) -> Void = { _ in }
    /// Hears how many steps of a job are done: the images that were read, and the calls of the encoder.
    var onStep: @Sendable (Ticket, Int) -> Void = { _, _ in }
    /// Says that a job is done with, whatever came of it.
    let leave: @Sendable (Ticket) -> Void

    /// Seconds without a job after which a lane looks whether what it holds is still wanted.
    private static let idleness = 1.0

    /// Works until `prepared` is closed and empty.
    func run(from prepared: BoundedQueue<PreparedJob>, to finished: BoundedQueue<FinishedJob>) {
        // Scratch memory for the analysis at hand; jobs of one analysis mostly come in a row.
        var analyzer: ImageAnalyzer?
        let current = Current()
        while !prepared.isFinished {
            guard let job = prepared.pop(waiting: Self.idleness) else {
                if let idle = analyzer, !keeps(idle.analysis.id) {
                    analyzer = nil
                    FreedMemory.giveBack()
                }
                continue
            }
            // Another worker has the partition by now, and would be the one whose rows count.
            guard assignments.begin(job.ticket), goesOn(job.ticket) else {
                leave(job.ticket)
                finished.push(FinishedJob(ticket: job.ticket, outcome: .abandoned))
                continue
            }
            (current.ticket, current.steps) = (job.ticket, job.images.count)
            let fitting = analyzer.flatMap { $0.analysis.id == job.analysis.id ? $0 : nil }
            let lane = fitting ?? makeAnalyzer(job.analysis, current)
            analyzer = lane
            beforeComputing(job.images.map(\.entry.id))
            let outcome: FinishedJob.Outcome
            do { outcome = try analyze(job, with: lane) } catch { outcome = .abandoned }
            leave(job.ticket)
            finished.push(FinishedJob(ticket: job.ticket, outcome: outcome))
        }
    }

    /// The job that this thread works on, for what the encoder is asked for to be told to whom it belongs.
    private final class Current {
        var ticket: Ticket?
        var steps = 0
    }

    private func makeAnalyzer(_ analysis: LoadedAnalysis, _ current: Current) -> ImageAnalyzer {
        ImageAnalyzer(analysis, batchSize: batchSize) { pictures throws(Interrupted) in
            observation.encoderCalled(with: pictures)
            guard let ticket = current.ticket else { return }
            if !goesOn(ticket) || !assignments.isCurrent(ticket) { throw Interrupted() }
            onStep(ticket, current.steps)
            current.steps += 1
        }
    }

    private func analyze(
        _ job: PreparedJob, with analyzer: ImageAnalyzer
    ) throws(Interrupted) -> FinishedJob.Outcome {
        let pictures = job.images.compactMap(\.picture)
        let start = ContinuousClock.now
        let (encodeBefore, encodedBefore) = (analyzer.encodeTime, analyzer.encodedPictures)
        var findings = try analyzer.analyze(pictures, isGroupIncomplete: pictures.count < job.images.count) { _, _ in
            observation.analyzed()
        }[...]
        let encode = analyzer.encodeTime - encodeBefore
        observation.encoded(
            pictures: analyzer.encodedPictures - encodedBefore, by: job.analysis.model.vision, in: encode)
        let concepts = start.duration(to: .now) - encode
        var images = job.images
        for index in images.indices {
            guard let picture = images[index].picture else { continue }
            images[index].timings.encode = encode.microseconds / pictures.count
            images[index].timings.concepts = concepts.microseconds / pictures.count
            // One for each picture that was prepared, in order.
            switch findings.removeFirst() {
            case .success(let found):
                images[index].state =
                    images[index].conflict.map { .failed($0) }
                    ?? .analyzed(found, contentHash: picture.contentHash, groupDigest: analyzer.groupDigest)
            case .failure(let failure): images[index].state = .failed(failure)
            }
        }
        return .images(job.analysis, job.job, images)
    }
}
