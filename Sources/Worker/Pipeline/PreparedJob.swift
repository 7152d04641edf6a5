import Persistence

/// A job whose pictures are fetched, decoded and fitted.
struct PreparedJob: Sendable {
    let ticket: Ticket
    let job: ImageJob
    let analysis: LoadedAnalysis
    let images: [Entry]

    struct Entry: Sendable {
        let image: ImageJob.Image
        let label: Int?
        let prepared: Result<PreparedImage, ImageFailure>
        /// Fetch and decode.
        let timings: StageTimings
    }
}
