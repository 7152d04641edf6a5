import Analyzing
import Concepts
import Jobs
import Kafka
import Persistence
import Threads

/// The fetch pool's work: from a record's bytes to pictures that a lane can encode.
///
/// A job that can't go on now waits in the ``WaitingRoom`` and not on a thread, so that later ones overtake it.
struct Preparation: Sendable {
    let assignments: Assignments
    let admission: JobAdmission
    let catalog: AnalysisCatalog
    let pictures: PictureSource
    let stop: StopSignal
    /// Of threads for jobs that waited, so that hosts that hang never hold all threads.
    var retries = Places(1)
    private let waiting = WaitingRoom(pictureLimit: Self.waitingPictures)

    /// Pictures that jobs hold while they wait, at most: some 150 MB at 224 pixels.
    private static let waitingPictures = 1024
    /// Seconds after which a thread looks for jobs whose wait is over.
    private static let interval = 0.2
    /// How long a job may be overdue before it goes ahead of new ones, which may never end.
    private static let overdue = Duration.seconds(5)
    /// How long a fetch in vain may have taken for the job's next image to be fetched at once: beyond it the host may be
    /// one that hangs, and a job has up to 256 images there.
    private static let promptness = Duration.seconds(1)

    /// Works until `tickets` is closed and empty and nothing waits any more. Any number of threads may do so.
    func run(
        from tickets: BoundedQueue<Ticket>, to prepared: BoundedQueue<PreparedJob>,
        or finished: BoundedQueue<FinishedJob>
    ) {
        while true {
            if stop.isRequested { for task in waiting.clear() { finished.push(end(task, .abandoned)) } }
            let task: PreparationTask
            let isRetry: Bool
            if let late = retries.begin({ waiting.next(now: .now - Self.overdue) }) {
                (task, isRetry) = (late, true)
            } else if let ticket = tickets.pop(waiting: 0) {
                (task, isRetry) = (PreparationTask(ticket), false)
            } else if let due = retries.begin({ waiting.next(now: .now) }) {
                (task, isRetry) = (due, true)
            } else if let ticket = tickets.pop(waiting: Self.interval) {
                (task, isRetry) = (PreparationTask(ticket), false)
            } else if tickets.isFinished, waiting.isEmpty {
                return
            } else {
                continue
            }
            let handover = work(task)
            if isRetry { retries.end() }
            switch handover {
            // The lane that takes it says when it leaves.
            case .prepared(let job)?: if !prepared.push(job) { admission.leave(job.ticket) }
            case .finished(let job)?: finished.push(job)
            case nil: break
            }
        }
    }

    /// What becomes of a job that does not wait.
    private enum Handover {
        case prepared(PreparedJob)
        case finished(FinishedJob)
    }

    private enum Step {
        case ready(PreparedJob)
        case over(FinishedJob.Outcome)
        case later(ContinuousClock.Instant)
    }

    /// Goes on with a job; nil if it waits.
    private func work(_ task: PreparationTask) -> Handover? {
        var task = task
        let job: ImageJob
        do throws(JobError) {
            if let read = task.job { job = read } else { job = try ImageJob(decoding: task.ticket.record.value) }
        } catch { return .finished(end(task, .failed(error, nil))) }
        task.job = job
        // What stands is asked for once.
        let images = task.images.isEmpty ? job.images.map { ImageReference($0, of: job) } : []
        guard let standing = admission.enter(task.ticket, job, asking: images) else {
            return .finished(end(task, .abandoned))
        }
        let step: Step
        do throws(JobError) { step = try prepare(&task, job, standing) } catch {
            step = .over(.failed(error, job))
        }
        switch step {
        case .ready(let job):
            stall(&task, false)
            return .prepared(job)
        case .over(let outcome):
            admission.leave(task.ticket)
            return .finished(end(task, outcome))
        case .later(let due):
            admission.leave(task.ticket)
            guard !stop.isRequested, assignments.isCurrent(task.ticket) else {
                return .finished(end(task, .abandoned))
            }
            waiting.park(task, until: due)
            return nil
        }
    }

    private func end(_ task: PreparationTask, _ outcome: FinishedJob.Outcome) -> FinishedJob {
        var task = task
        stall(&task, false)
        return FinishedJob(ticket: task.ticket, outcome: outcome)
    }

    /// Notes whether the job keeps its whole partition waiting, once.
    private func stall(_ task: inout PreparationTask, _ stalls: Bool) {
        guard task.isStalled != stalls else { return }
        task.isStalled = stalls
        assignments.stall(task.ticket, stalls)
    }

    private func prepare(
        _ task: inout PreparationTask, _ job: ImageJob, _ standing: JobStanding
    ) throws(JobError) -> Step {
        guard assignments.isCurrent(task.ticket) else { return .over(.abandoned) }
        if let verdict = task.ticket.suspicion?.verdict { throw JobError(.crashedWorker, verdict) }
        let analysis: LoadedAnalysis
        switch try catalog.analysis(job.analysis) {
        case .loaded(let found): analysis = found
        case .unavailable(_, let retry):
            // Calling a submission off is how to end its waiting.
            if standing == .cancelled { return .over(.cancelled(job)) }
            stall(&task, true)
            return .later(retry)
        }
        stall(&task, false)
        if task.images.isEmpty {
            guard case .wanted(let known) = standing else { return .over(.cancelled(job)) }
            task.images = begin(job, known, analysis)
        }
        var awaited = task.awaited
        while !awaited.isEmpty {
            for index in awaited {
                guard assignments.isCurrent(task.ticket) else { return .over(.abandoned) }
                let start = ContinuousClock.now
                let (ticket, settled) = (task.ticket, task.settled)
                pictures.attempt(&task.images[index], analysis) { admission.note(settled, of: ticket) }
                if task.images[index].picture == nil, start.duration(to: .now) > Self.promptness { break }
            }
            let missing = awaited.filter { task.images[$0].isAwaited }
            if !missing.isEmpty {
                return .later(missing.map { task.images[$0].fetching.nextAttempt ?? .now }.min() ?? .now)
            }
            awaited = task.awaited
        }
        return step(task, job, analysis)
    }

    /// What is known of a job's images before any is fetched.
    private func begin(_ job: ImageJob, _ known: [StandingImage], _ analysis: LoadedAnalysis) -> [JobImage] {
        // What is forced replaces what stands, or has been replaced itself; without a submission it can do neither.
        let replaces = job.force && job.submission != nil
        return zip(job.images, known).map { entry, known in
            var image = JobImage(entry, patience: pictures.giveUpAfter)
            image.known = known
            // Whether a group's result stands is seen once all members' contents are known.
            if known.result != .missing, !analysis.isOfGroups { image.state = .standing }
            guard !replaces,
                let contradiction = Contradiction(
                    known, label: entry.label, sha256: entry.sha256, analysis.classIndex)
            else { return image }
            switch contradiction {
            // What a later submission says counts, and this was said before it.
            case _ where known.isLater: if !analysis.isOfGroups { image.state = .standing }
            case .label where analysis.isOfGroups: image.conflict = ImageFailure(contradiction)
            default: image.state = .failed(ImageFailure(contradiction))
            }
            return image
        }
    }

    /// What to compute, once everything is fetched.
    private func step(_ task: PreparationTask, _ job: ImageJob, _ analysis: LoadedAnalysis) -> Step {
        let isStanding = analysis.isOfGroups && isGroupStanding(task.images)
        var images = task.images.filter { !$0.isStanding && !(isStanding && $0.picture != nil && $0.conflict == nil) }
        if isStanding {
            for index in images.indices {
                if let conflict = images[index].conflict { images[index].state = .failed(conflict) }
            }
        }
        if images.isEmpty { return .over(.images(analysis, job, [])) }
        return .ready(PreparedJob(ticket: task.ticket, job: job, analysis: analysis, images: images))
    }

    /// Whether each member of a group that can be used has a result from this very group.
    private func isGroupStanding(_ images: [JobImage]) -> Bool {
        let members = images.filter { $0.picture != nil }
        let digest = GroupDigest.value(members.compactMap(\.picture))
        return members.allSatisfy { $0.known.result == .ofGroup(digest) }
    }
}
