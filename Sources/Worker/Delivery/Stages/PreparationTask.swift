import Analyzing
import Fetch
import Jobs
import Persistence
import Threads

/// A job that is being prepared: what is known of each of its images so far, kept while it waits for the rest.
struct PreparationTask: Sendable {
    let ticket: Ticket
    var job: ImageJob?
    /// One an image, in order, once the job is read.
    var images: [Image] = []
    /// Whether it was counted as one that keeps its partition from being read.
    var isStalled = false

    struct Image: Sendable {
        enum Outcome: Sendable {
            case picture(PreparedImage)
            case failure(ImageFailure)
            /// Its result is in and would stay as it is.
            case standing
        }

        var result = StandingResult.missing
        var label: Int?
        var timings = StageTimings()
        /// What is known; nil as long as it can't be fetched.
        var outcome: Outcome?
        /// Seconds of retrying that are left; time during which a circuit is open does not count.
        var patience: Double
        var lastFailure: ContinuousClock.Instant?
        var attempts = 0
        var backoff = Backoff()
        var nextAttempt: ContinuousClock.Instant?
    }

    init(_ ticket: Ticket) { self.ticket = ticket }

    /// Pictures that it holds in memory while it waits.
    var pictures: Int {
        images.count { if case .picture? = $0.outcome { true } else { false } }
    }
}
