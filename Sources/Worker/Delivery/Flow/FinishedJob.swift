import Analyzing
import Concepts
import Fetch
import Jobs
import Persistence

/// A job with everything that the database should hear of it.
struct FinishedJob: Sendable {
    enum Outcome: Sendable {
        /// Every image has either findings or a failure.
        case images(LoadedAnalysis, ImageJob, [FinishedImage])
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

/// One image of a finished job.
struct FinishedImage: Sendable {
    let image: ImageJob.Image
    /// Index of the class that the label names.
    let label: Int?
    let result: Result<Analyzed, ImageFailure>

    struct Analyzed: Sendable {
        let findings: ImageFindings
        /// SHA-256 of the file's bytes, 32 bytes.
        let contentHash: [UInt8]
        /// Of the group it was decomposed in, if it was.
        let groupDigest: String?
        let timings: StageTimings
    }
}
