import Analyzing
import Concepts
import Fetch
import Foundation
import Jobs
import Kafka
import Logging
import Persistence
import Threads

/// The fetch pool's work: from a record's bytes to pictures that a lane can encode.
///
/// A job that can't go on now waits in the ``WaitingRoom`` and not on a thread, so that later ones overtake it.
struct Preparation: Sendable {
    let tickets: BoundedQueue<Ticket>
    let prepared: BoundedQueue<PreparedJob>
    let finished: BoundedQueue<FinishedJob>
    let assignments: Assignments
    let flights: Flights
    let catalog: AnalysisCatalog
    let pictures: PictureSource
    let stop: StopSignal
    let log: Logger
    private let waiting = WaitingRoom(pictureLimit: Self.waitingPictures)

    /// Pictures that jobs hold while they wait, at most: some 150 MB at 224 pixels.
    private static let waitingPictures = 1024
    /// Seconds after which a thread looks for jobs whose wait is over.
    private static let interval = 0.2

    /// Works until the queue of tickets is closed and empty and nothing waits any more.
    func run() {
        while true {
            if stop.isRequested { for task in waiting.clear() { end(task, .abandoned) } }
            if let task = waiting.next(now: .now) {
                work(task)
            } else if let ticket = tickets.pop(waiting: Self.interval) {
                work(PreparationTask(ticket))
            } else if tickets.isFinished, waiting.isEmpty {
                return
            }
        }
    }

    private enum Step {
        case ready(PreparedJob)
        case over(FinishedJob.Outcome)
        case later(ContinuousClock.Instant)
    }

    private func work(_ task: PreparationTask) {
        var task = task
        while true {
            guard flights.enter(task.ticket) else { return end(task, .abandoned) }
            let step: Step
            do {
                step = try prepare(&task)
            } catch {
                step = .over(.failed(error, task.job))
            }
            switch step {
            case .ready(let job):
                stall(&task, false)
                // The lane that takes it says when it leaves.
                if !prepared.push(job) { flights.leave(job.ticket) }
                return
            case .over(let outcome):
                flights.leave(task.ticket)
                return end(task, outcome)
            case .later(let due):
                flights.leave(task.ticket)
                guard !stop.isRequested, assignments.isCurrent(task.ticket) else { return end(task, .abandoned) }
                if waiting.park(task, until: due) { return }
                // Too much is in memory: this thread waits with it, and takes nothing new meanwhile.
                stop.wait(max(0, ContinuousClock.now.duration(to: due).seconds))
            }
        }
    }

    private func end(_ task: PreparationTask, _ outcome: FinishedJob.Outcome) {
        var task = task
        stall(&task, false)
        finished.push(FinishedJob(ticket: task.ticket, outcome: outcome))
    }

    /// Notes whether the job keeps its whole partition waiting, once.
    private func stall(_ task: inout PreparationTask, _ stalls: Bool) {
        guard task.isStalled != stalls else { return }
        task.isStalled = stalls
        assignments.stall(task.ticket, stalls)
    }

    private func prepare(_ task: inout PreparationTask) throws(JobError) -> Step {
        guard assignments.isCurrent(task.ticket) else { return .over(.abandoned) }
        let job: ImageJob
        if let read = task.job { job = read } else { job = try ImageJob(decoding: task.ticket.record.value) }
        task.job = job
        if let crashes = task.ticket.crashes, crashes >= Flights.crashLimit {
            throw JobError(
                .crashedWorker,
                "\(crashes) workers crashed while this job ran alone; look for its pictures in their core dumps or for the "
                    + "memory that they ran out of, and requeue it once that is mended.")
        }
        let analysis: LoadedAnalysis
        switch try catalog.analysis(job.analysis) {
        case .loaded(let found): analysis = found
        case .unavailable(_, let retry):
            // Asked again whenever the analysis is: calling a submission off is how to end its waiting. While the database
            // can't be asked, the job waits anyway.
            if (try? flights.isCancelled(job)) == true { return .over(.cancelled(job)) }
            stall(&task, true)
            return .later(retry)
        }
        stall(&task, false)
        if task.images.isEmpty {
            do {
                guard let images = try begin(job, analysis) else { return .over(.cancelled(job)) }
                task.images = images
            } catch {
                let pause = task.backoff.next()
                log.warning(
                    "can't ask which results are in yet", metadata: ["error": "\(error)", "retry.seconds": "\(pause)"])
                return .later(.now + .seconds(pause))
            }
        }
        for index in job.images.indices where task.images[index].outcome == nil {
            guard assignments.isCurrent(task.ticket) else { return .over(.abandoned) }
            pictures.attempt(&task.images[index], job.images[index], analysis)
        }
        let missing = task.images.filter { $0.outcome == nil }
        if !missing.isEmpty { return .later(missing.compactMap(\.nextAttempt).min() ?? .now) }
        return step(task, job, analysis)
    }

    /// What is known of a job's images before any is fetched; nil if none is wanted any more.
    private func begin(_ job: ImageJob, _ analysis: LoadedAnalysis) throws -> [PreparationTask.Image]? {
        guard let standing = try flights.standing(of: job) else { return nil }
        let isGroup = analysis.analysis.method.decomposition == .group
        return job.images.map { entry in
            var image = PreparationTask.Image(patience: pictures.giveUpAfter)
            image.standingDigest = standing[entry.id]
            // Whether a group's result stands is seen once all members' contents are known.
            if image.standingDigest != nil, !isGroup { image.outcome = .standing }
            return image
        }
    }

    /// What to compute, once everything is fetched.
    private func step(_ task: PreparationTask, _ job: ImageJob, _ analysis: LoadedAnalysis) -> Step {
        var images = task.images
        if analysis.analysis.method.decomposition == .group, isStanding(images) {
            for index in images.indices {
                if case .picture? = images[index].outcome { images[index].outcome = .standing }
            }
        }
        let entries = zip(job.images, images).compactMap { entry, image -> PreparedJob.Entry? in
            let prepared: Result<PreparedImage, ImageFailure>
            switch image.outcome {
            case .picture(let picture): prepared = .success(picture)
            case .failure(let failure): prepared = .failure(failure)
            case .standing, nil: return nil
            }
            return PreparedJob.Entry(image: entry, label: image.label, prepared: prepared, timings: image.timings)
        }
        if entries.isEmpty { return .over(.images(analysis, job, [])) }
        return .ready(PreparedJob(ticket: task.ticket, job: job, analysis: analysis, images: entries))
    }

    /// Whether each member of a group that can be used has a result from this very group.
    private func isStanding(_ images: [PreparationTask.Image]) -> Bool {
        let members = images.compactMap { image -> (picture: PreparedImage, digest: String??)? in
            if case .picture(let picture)? = image.outcome { (picture, image.standingDigest) } else { nil }
        }
        let digest = GroupDigest.value(members.map { ($0.picture.id, $0.picture.contentHash) })
        return members.allSatisfy { $0.digest == .some(.some(digest)) }
    }
}
