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
    /// Seconds for which one image's fetch is retried. Time during which its host's circuit is open does not count, up to
    /// ``longest`` times as much in all.
    let giveUpAfter: Double
    let log: Logger
    var observation = Observation()

    /// A host that never comes back must not keep its images' jobs, and what lies behind them, for ever.
    private static let longest = 3.0

    /// Tries once, unless it is too early: leaves a picture, a failure, or the time of the next attempt.
    ///
    /// - Parameter onRead: called when the file's bytes are there and not looked at yet.
    func attempt(_ image: inout JobImage, _ analysis: LoadedAnalysis, onRead: () -> Void = {}) {
        if let next = image.fetching.nextAttempt, next > .now { return }
        let entry = image.entry
        do throws(ImageFailure) {
            image.label = try entry.label.map { name throws(ImageFailure) in try labelIndex(name, analysis) }
            let start = ContinuousClock.now
            guard let (bytes, hash) = try contents(of: entry, &image.fetching) else { return }
            let fetched = ContinuousClock.now
            onRead()
            let picture = try decode(bytes, named: entry.uri, fit: analysis.fit)
            image.state = .picture(
                PreparedImage(id: entry.id, label: image.label, picture: picture, contentHash: hash))
            image.timings.fetch = start.duration(to: fetched).microseconds
            image.timings.decode = fetched.duration(to: .now).microseconds
        } catch {
            var failure = error
            failure.attempts = max(1, image.fetching.attempts)
            if failure.kind == .fetchExhausted, let origin = circuit.origin(of: entry.uri),
                let start = image.fetching.start
            {
                image.isOriginAway = circuit.anotherAnswers(than: origin, since: start)
            }
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
        let now = ContinuousClock.now
        let start = fetching.start ?? now
        fetching.start = start
        if let origin = circuit.origin(of: entry.uri), case .wait(let until) = circuit.admit(origin, now: now) {
            let end = start + .seconds(Self.longest * giveUpAfter)
            guard now < end else { throw givenUp(entry, fetching, since: start) }
            fetching.nextAttempt = min(until, end)
            fetching.lastFailure = nil
            return nil
        }
        fetching.attempts += 1
        do {
            let fetched = try fetch(entry.uri, entry.sha256)
            record(entry, failed: false)
            return fetched
        } catch let failure as ImageFailure {
            if failure.kind.isAnswer { record(entry, failed: false) }
            throw failure
        } catch {
            record(entry, failed: true)
            fetching.reason = "\(error)"
            try retryLater(after: error, &fetching, entry)
            return nil
        }
    }

    private func record(_ entry: ImageJob.Image, failed: Bool) {
        guard let origin = circuit.origin(of: entry.uri), circuit.record(origin, failed: failed, now: .now) else {
            return
        }
        let host = circuit.shownOrigin(of: entry.uri)
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
        let waited = (fetching.start ?? now).duration(to: now).seconds
        let left = min(fetching.patience, Self.longest * giveUpAfter - waited)
        guard left > 0 else { throw givenUp(entry, fetching, since: fetching.start ?? now) }
        // A host's wish is heeded as far as there is patience, and not by all of its images at once.
        let wish = (error as? TransientFetchFailure)?.retryAfter ?? 0
        let pause = min(wish + fetching.backoff.next(), left)
        fetching.lastFailure = now
        fetching.nextAttempt = now + .seconds(pause)
        observation.retried(.fetch)
        log.warning(
            "image can't be fetched yet",
            metadata: ["image.id": "\(entry.id)", "error": "\(error)", "retry.seconds": "\(pause)"])
    }

    private func givenUp(
        _ entry: ImageJob.Image, _ fetching: JobImage.Fetching, since start: ContinuousClock.Instant
    ) -> ImageFailure {
        let reason =
            fetching.reason ?? "\(redactedURI(entry.uri)) was not asked for, since most fetches from its host fail."
        return ImageFailure(
            .fetchExhausted,
            "\(reason) Given up after \(Int(start.duration(to: .now).seconds)) s; requeue it once its host answers.")
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
