import Analyzing
import Fetch
import Foundation
import Inference
import Jobs
import Logging
import Settings
import Threads

/// From an image's entry in a job to its fitted picture, or to the reason why there will be none.
struct PictureSource: Sendable {
    /// ``ImageFetcher/fetch(_:sha256:)``, or what a test puts in its place.
    let fetch: @Sendable (_ uri: String, _ sha256: String?) throws -> (bytes: [UInt8], hash: [UInt8])
    let limits: DecodingLimits
    let circuit: FetchCircuit
    /// Seconds for which one image's fetch is retried; time during which its host's circuit is open does not count.
    let giveUpAfter: Double
    let log: Logger
    var observation = Observation()

    /// Tries once, unless it is too early: leaves a picture, a failure, or the time of the next attempt.
    func attempt(_ image: inout JobImage, _ analysis: LoadedAnalysis) {
        if let next = image.fetching.nextAttempt, next > .now { return }
        let entry = image.entry
        do throws(ImageFailure) {
            image.label = try entry.label.map { name throws(ImageFailure) in try labelIndex(name, analysis) }
            let start = ContinuousClock.now
            guard let (bytes, hash) = try contents(of: entry, &image.fetching) else { return }
            let fetched = ContinuousClock.now
            let picture = try decode(bytes, named: entry.uri, fit: analysis.fit)
            image.state = .picture(
                PreparedImage(id: entry.id, label: image.label, picture: picture, contentHash: hash))
            image.timings.fetch = start.duration(to: fetched).microseconds
            image.timings.decode = fetched.duration(to: .now).microseconds
        } catch {
            var failure = error
            failure.attempts = max(1, image.fetching.attempts)
            image.state = .failed(failure)
        }
        observation.prepared()
    }

    private func labelIndex(_ label: Identifier, _ analysis: LoadedAnalysis) throws(ImageFailure) -> Int {
        switch analysis.classIndex.find(label) {
        case .success(let index): return index
        case .failure(let failure):
            throw ImageFailure(.unknownLabel, "The label \(quoted(label.text)) \(failure.rawValue); use a class id.")
        }
    }

    /// The picture's bytes and their hash; nil if they can't be had now.
    private func contents(
        of entry: ImageJob.Image, _ fetching: inout JobImage.Fetching
    ) throws(ImageFailure) -> (bytes: [UInt8], hash: [UInt8])? {
        let origin = FetchCircuit.origin(of: entry.uri)
        let now = ContinuousClock.now
        if case .wait(let until) = circuit.admit(origin, now: now) {
            fetching.nextAttempt = until
            fetching.lastFailure = nil
            return nil
        }
        fetching.attempts += 1
        do {
            let fetched = try fetch(entry.uri, entry.sha256)
            record(entry, failed: false)
            return fetched
        } catch let failure as ImageFailure {
            // The host has answered.
            record(entry, failed: false)
            throw failure
        } catch {
            record(entry, failed: true)
            try retryLater(after: error, &fetching, entry)
            return nil
        }
    }

    private func record(_ entry: ImageJob.Image, failed: Bool) {
        guard circuit.record(FetchCircuit.origin(of: entry.uri), failed: failed, now: .now) else { return }
        let host = FetchCircuit.shownOrigin(of: entry.uri)
        if failed {
            log.error(
                "most fetches from a host fail; its images wait until it answers again", metadata: ["host": "\(host)"])
        } else {
            log.notice("a host answers again", metadata: ["host": "\(host)"])
        }
    }

    /// Goes on with an image after a transient failure for as long as its patience lasts.
    private func retryLater(
        after error: any Error, _ fetching: inout JobImage.Fetching, _ entry: ImageJob.Image
    ) throws(ImageFailure) {
        let now = ContinuousClock.now
        if let last = fetching.lastFailure { fetching.patience -= last.duration(to: now).seconds }
        guard fetching.patience > 0 else {
            throw ImageFailure(.fetchExhausted, "\(error) Given up after \(Int(giveUpAfter)) s.")
        }
        // A host's wish is heeded as far as there is patience, and not by all of its images at once.
        let wish = (error as? TransientFetchFailure)?.retryAfter ?? 0
        let pause = min(wish + fetching.backoff.next(), fetching.patience)
        fetching.lastFailure = now
        fetching.nextAttempt = now + .seconds(pause)
        observation.retried(.fetch)
        log.warning(
            "image can't be fetched yet",
            metadata: ["image.id": "\(entry.id)", "error": "\(error)", "retry.seconds": "\(pause)"])
    }

    private func decode(
        _ bytes: [UInt8], named uri: String, fit: (Picture) -> Picture
    ) throws(ImageFailure) -> Picture {
        do {
            return try ImageDecoder.decode(bytes, named: redactedURI(uri), limits: limits, use: fit)
        } catch {
            throw ImageFailure(decoding: error)
        }
    }
}
