import Foundation
import Inference
import Logging
import Persistence

/// The fetch pool's work: from a record's bytes to pictures that a lane can encode.
struct Preparation: Sendable {
    let tickets: BoundedQueue<Ticket>
    let prepared: BoundedQueue<PreparedJob>
    let finished: BoundedQueue<FinishedJob>
    let assignments: Assignments
    let catalog: AnalysisCatalog
    let fetcher: ImageFetcher
    let limits: DecodingLimits
    /// Seconds for which one image's fetch is retried.
    let giveUpAfter: Double
    let stop: StopSignal
    let log: Logger

    /// Works until the queue of tickets is closed and empty.
    func run() {
        while let ticket = tickets.pop() {
            switch prepare(ticket) {
            case .prepared(let job): prepared.push(job)
            case .finished(let outcome): finished.push(FinishedJob(ticket: ticket, outcome: outcome))
            }
        }
    }

    private enum Step {
        case prepared(PreparedJob)
        case finished(FinishedJob.Outcome)
    }

    private func prepare(_ ticket: Ticket) -> Step {
        var decoded: ImageJob?
        do {
            let job = try ImageJob(decoding: ticket.record.value)
            decoded = job
            guard let analysis = try loaded(job.analysis, for: ticket) else { return .finished(.abandoned) }
            var entries: [PreparedJob.Entry] = []
            for image in job.images {
                guard let entry = entry(image, analysis, ticket) else { return .finished(.abandoned) }
                entries.append(entry)
            }
            return .prepared(PreparedJob(ticket: ticket, job: job, analysis: analysis, images: entries))
        } catch {
            return .finished(.failed(error, decoded))
        }
    }

    /// The analysis, waited for as long as its model or the database is away; nil if the ticket is no longer ours.
    private func loaded(_ id: String, for ticket: Ticket) throws(JobError) -> LoadedAnalysis? {
        var backoff = Backoff()
        while assignments.isCurrent(ticket) {
            switch try catalog.analysis(id) {
            case .loaded(let analysis): return analysis
            case .unavailable(let reason):
                let pause = backoff.next()
                log.warning(
                    "analysis can't be loaded yet",
                    metadata: ["analysis.id": "\(id)", "error": "\(reason)", "retry.seconds": "\(pause)"])
                if stop.wait(pause) { return nil }
            }
        }
        return nil
    }

    private func entry(
        _ image: ImageJob.Image, _ analysis: LoadedAnalysis, _ ticket: Ticket
    ) -> PreparedJob.Entry? {
        var label: Int?
        var timings = StageTimings()
        var result: Result<PreparedImage, ImageFailure>
        do throws(ImageFailure) {
            label = try image.label.map { name throws(ImageFailure) in try labelIndex(name, analysis) }
            let start = ContinuousClock.now
            guard let (bytes, hash) = try fetch(image, ticket) else { return nil }
            let fetched = ContinuousClock.now
            result = .success(try decode(bytes, hash, image, label, analysis))
            timings.fetch = start.duration(to: fetched).microseconds
            timings.decode = fetched.duration(to: .now).microseconds
        } catch {
            result = .failure(error)
        }
        return PreparedJob.Entry(image: image, label: label, prepared: result, timings: timings)
    }

    private func labelIndex(_ label: String, _ analysis: LoadedAnalysis) throws(ImageFailure) -> Int {
        switch analysis.classIndex.find(label) {
        case .success(let index): return index
        case .failure(let failure):
            throw ImageFailure(.unknownLabel, "The label \"\(label)\" \(failure.rawValue); use a class id.")
        }
    }

    /// The picture's bytes, fetched again after transient failures; nil if the ticket is no longer ours.
    private func fetch(
        _ image: ImageJob.Image, _ ticket: Ticket
    ) throws(ImageFailure) -> (bytes: [UInt8], hash: [UInt8])? {
        let deadline = Date(timeIntervalSinceNow: giveUpAfter)
        var backoff = Backoff()
        while assignments.isCurrent(ticket) {
            do {
                return try fetcher.fetch(image.uri, sha256: image.sha256)
            } catch let failure as ImageFailure {
                throw failure
            } catch {
                guard Date() < deadline else {
                    throw ImageFailure(.fetchExhausted, "\(error) Given up after \(Int(giveUpAfter)) s.")
                }
                log.warning("image can't be fetched yet", metadata: ["image.id": "\(image.id)", "error": "\(error)"])
                if stop.wait(backoff.next()) { return nil }
            }
        }
        return nil
    }

    private func decode(
        _ bytes: [UInt8], _ hash: [UInt8], _ image: ImageJob.Image, _ label: Int?, _ analysis: LoadedAnalysis
    ) throws(ImageFailure) -> PreparedImage {
        do {
            let picture = try ImageDecoder.decode(bytes, named: redactedURI(image.uri), limits: limits)
            return PreparedImage(id: image.id, label: label, picture: analysis.fit(picture), contentHash: hash)
        } catch {
            throw ImageFailure(decoding: error)
        }
    }
}
