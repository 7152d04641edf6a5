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
    var beforeComputing: @Sendable ([Identifier]) -> Void = { _ in }
    /// Says that a job is done with, whatever came of it.
    let leave: @Sendable (Ticket) -> Void

    /// Works until `prepared` is closed and empty.
    func run(from prepared: BoundedQueue<PreparedJob>, to finished: BoundedQueue<FinishedJob>) {
        // Scratch memory for the analysis at hand; jobs of one analysis mostly come in a row.
        var analyzer: ImageAnalyzer?
        let current = Current()
        while let job = prepared.pop() {
            // Another worker has the partition by now, and would be the one whose rows count.
            guard assignments.begin(job.ticket), goesOn(job.ticket) else {
                leave(job.ticket)
                finished.push(FinishedJob(ticket: job.ticket, outcome: .abandoned))
                continue
            }
            current.ticket = job.ticket
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
    private final class Current { var ticket: Ticket? }

    private func makeAnalyzer(_ analysis: LoadedAnalysis, _ current: Current) -> ImageAnalyzer {
        ImageAnalyzer(analysis, batchSize: batchSize) { pictures throws(Interrupted) in
            observation.encoderCalled(with: pictures)
            if let ticket = current.ticket, !goesOn(ticket) || !assignments.isCurrent(ticket) { throw Interrupted() }
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
