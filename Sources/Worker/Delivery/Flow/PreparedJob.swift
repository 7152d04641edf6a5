import Analyzing
import Jobs

/// A job whose pictures are fetched, decoded and fitted.
struct PreparedJob: Sendable {
    let ticket: Ticket
    let job: ImageJob
    let analysis: LoadedAnalysis
    /// Those that have a picture, and those that failed; without those whose results stand.
    let images: [JobImage]
}
