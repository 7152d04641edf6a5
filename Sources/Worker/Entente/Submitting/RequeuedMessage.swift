import Concepts
import Inference
import Jobs
import Persistence

/// What a dead letter's message becomes when it is given another chance.
enum RequeuedMessage: Hashable {
    /// The message as it came: its job failed as a whole, or is decomposed as a whole.
    case whole
    /// A job of those images alone that still have no result.
    case images(ImageJob)
    /// Every image that failed has a result by now.
    case nothingToDo

    /// - Parameters:
    ///   - unresolved: ids of its failed images that have no result.
    ///   - decomposition: of its analysis; nil when nobody registered that.
    init(
        _ letter: StoredDeadLetter, unresolved: [Identifier], decomposition: MethodParameters.Decomposition?
    ) {
        let failures = letter.failures
        // Without failures nobody knows what went wrong in it.
        guard !failures.isEmpty, failures.allSatisfy({ !$0.imageID.isEmpty }) else {
            self = .whole
            return
        }
        guard !unresolved.isEmpty else {
            self = .nothingToDo
            return
        }
        guard decomposition == .image, let job = try? ImageJob(decoding: letter.letter.value) else {
            self = .whole
            return
        }
        let wanted = Set(unresolved)
        // The tables keep a long id cut short, under which no image of the job is found: then all of them go.
        let images = job.images.filter { wanted.contains($0.id) }
        let part = try? ImageJob(
            analysis: job.analysis, submission: job.submission, force: job.force, group: job.group, images: images)
        guard images.count == wanted.count, let part else {
            self = .whole
            return
        }
        self = .images(part)
    }
}
