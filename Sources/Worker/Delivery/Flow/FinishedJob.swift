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

extension FinishedJob {
    /// What it takes to store it, in images. A message with something that failed is stored as it came: 8 KiB of it count as one.
    var rows: Int {
        switch outcome {
        case .images(_, _, let images): images.count + (images.contains { $0.failure != nil } ? messageRows : 0)
        case .failed(_, let job): (job?.images.count ?? 1) + messageRows
        case .cancelled, .abandoned: 0
        }
    }

    private var messageRows: Int { (ticket.record.value?.count ?? 0) >> 13 }
}
