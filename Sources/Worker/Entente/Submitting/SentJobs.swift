import Inference

/// What `submit` and `replay` have to say when the broker has everything.
struct SentJobs: Hashable, Sendable {
    let analysis: String
    /// nil when there was nothing to send.
    let submission: Identifier?
    let jobs: Int
    let images: Int

    var json: String { "{\(jsonMembers)}" }

    var jsonMembers: String {
        let submission = submission.map { "\"\($0)\"" } ?? "null"
        return "\"analysis\": \"\(analysis)\", \"submission\": \(submission), \"jobs\": \(jobs), \"images\": \(images)"
    }

    var text: String {
        guard let submission else { return "There are no images to send under analysis \(analysis)." }
        return "\(images) images in \(jobs) jobs sent as submission \(submission) of analysis \(analysis).\n"
            + "Follow it with: entente status --analysis \(analysis) --watch"
    }
}
