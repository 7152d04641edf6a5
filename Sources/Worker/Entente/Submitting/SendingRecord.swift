import Foundation
import Inference
import Kafka
import Persistence

/// How far the sending of a submission is, told to the database as it goes on and to the person when it fails.
///
/// Belongs to the thread of the producer, whose reports it hears.
final class SendingRecord {
    private let store: SubmissionStore
    private let submission: Submission
    private let planned: (jobs: Int, images: Int)
    private var jobs = 0
    private var images = 0
    /// Jobs that the database knows of as sent.
    private var recorded = 0
    private var next = ContinuousClock.now + interval

    /// Between two words to the database.
    private static let interval = Duration.seconds(2)

    init(_ store: SubmissionStore, _ submission: Submission, planned: (jobs: Int, images: Int)) {
        self.store = store
        self.submission = submission
        self.planned = planned
    }

    /// The broker has a job.
    func arrived(images count: Int) {
        jobs += 1
        images += count
    }

    func recordIfDue() throws {
        guard next <= .now else { return }
        try record()
        next = .now + Self.interval
    }

    func record() throws {
        guard jobs > recorded else { return }
        try store.produced(jobs: jobs - recorded, of: submission)
        recorded = jobs
    }

    /// What a failure means for whoever has to go on, as the last line of the command.
    ///
    /// - Parameter error: why not everything was sent; one that nobody foresaw is passed on as it is.
    func failure(_ error: any Error) -> any Error {
        // The database may be what failed.
        try? record()
        guard let cause = CommandFailure(explaining: error) else { return error }
        let reason = cause.description.hasSuffix(".") ? String(cause.description.dropLast()) : cause.description
        return CommandFailure(
            cause.exit,
            "\(jobs) of \(planned.jobs) jobs, with \(images) of \(planned.images) images, are sent: \(reason). Give the same "
                + "command again to go on\(submission.force ? "" : ", which does nothing twice"), or call it off with: "
                + "entente submissions cancel \(submission.id.text)")
    }
}
