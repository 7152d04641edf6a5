import Analyzing
import Jobs

/// A job with everything that the database should hear of it.
struct FinishedJob: Sendable {
    enum Outcome: Sendable {
        /// Each was analysed or failed; without those whose results stand.
        case images(LoadedAnalysis, ImageJob, [JobImage])
        /// Nobody wants it any more: its offset alone moves on.
        case cancelled(ImageJob)
        /// Its partition went to another worker, which does it anew.
        case abandoned
        /// The job as a whole can never succeed; with what could be read of it.
        case failed(JobError, ImageJob?)
    }

    let ticket: Ticket
    let outcome: Outcome
}
