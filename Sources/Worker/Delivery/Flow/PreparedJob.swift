import Analyzing
import Fetch
import Jobs
import Persistence

/// A job whose pictures are fetched, decoded and fitted.
struct PreparedJob: Sendable {
    let ticket: Ticket
    let job: ImageJob
    let analysis: LoadedAnalysis
    /// Those that are to be computed, and those that failed; not those whose results stand.
    let images: [Entry]

    struct Entry: Sendable {
        let image: ImageJob.Image
        let label: Int?
        let prepared: Result<PreparedImage, ImageFailure>
        /// Fetch and decode.
        let timings: StageTimings
    }
}
