import Analyzing
import Concepts
import Delivery
import Foundation
import Jobs
import Kafka
import Logging
import Persistence
import Settings

/// Sends dead letters to the job topic again, out of the database's copy and at least once: a letter counts as
/// requeued when the broker has it.
final class DeadLetterRequeue {
    struct Outcome: Hashable, Encodable {
        /// Letters looked at: the sum of the next four.
        var letters = 0
        var requeued = 0
        /// Nothing to send: all their images have results by now.
        var settled = 0
        /// Larger than a message may be for this producer.
        var too_large = 0
        /// Of analyses that this build's workers do not compute, and would wait with.
        var another_revision = 0
        /// Images in what was sent, where it could be read.
        var images = 0
    }

    private(set) var outcome = Outcome()
    private let connection: Connection
    private let store: DeadLetterStore
    private let producer: KafkaProducer
    private let topic: String
    private var kinds: [String: Kind] = [:]

    /// What requeueing has to know of a letter's analysis.
    private enum Kind {
        case decomposes(MethodParameters.Decomposition)
        case ofAnotherRevision
    }

    private static let pageSize = 100

    /// - Throws: ``KafkaError`` when the topic is not there, or loses jobs.
    init(_ connection: Connection, kafka: KafkaClientConfiguration, topic: String, log: Logger) throws {
        self.connection = connection
        self.topic = topic
        store = DeadLetterStore(connection)
        producer = try KafkaProducer.ofJobs(kafka, topic, log: log)
    }

    deinit { producer.close(within: .seconds(5)) }

    /// Those named, whether or not they were requeued before.
    ///
    /// - Throws: ``CommandFailure`` that names the first id without a letter; nothing is sent then.
    func requeue(ids: [String]) throws {
        let letters = try ids.map { id in
            guard let letter = try store.show(id) else {
                throw CommandFailure(
                    .badInput,
                    "No dead letter has the id \(quoted(id)); `entente dead-letters list` shows those there are.")
            }
            return letter
        }
        try send(letters)
    }

    /// Those that were never requeued; of one analysis when one is given. What fails again comes back as a letter of its
    /// own.
    func requeueAll(analysisID: String? = nil) throws {
        var last: String?
        while true {
            let page = try store.neverRequeued(analysisID: analysisID, after: last, limit: Self.pageSize)
            guard let end = page.last else { return }
            try send(page)
            last = end.letter.id
        }
    }

    private func send(_ letters: [StoredDeadLetter]) throws {
        var done: [String] = []
        let before = outcome.requeued
        do {
            for letter in letters where try send(letter) { done.append(letter.letter.id) }
            try producer.flush(within: .seconds(120))
        } catch let error as KafkaError {
            throw failure(producer.cause(of: error, to: topic), after: before)
        }
        try store.markRequeued(done)
    }

    /// - Parameter count: of letters that are marked as sent.
    private func failure(_ error: KafkaError, after count: Int) -> any Error {
        guard let cause = CommandFailure(explaining: error) else { return error }
        return CommandFailure(
            cause.exit,
            "\(count) dead letters are requeued, and the next ones are not, or only some: \(cause.description). Give the same "
                + "command again to go on; a letter that is sent twice changes no result")
    }

    /// Returns whether there was something to send that could be sent.
    private func send(_ stored: StoredDeadLetter) throws -> Bool {
        let letter = stored.letter
        outcome.letters += 1
        let decomposition: MethodParameters.Decomposition?
        switch try kind(stored) {
        case .decomposes(let known): decomposition = known
        case nil: decomposition = nil
        case .ofAnotherRevision:
            outcome.another_revision += 1
            return false
        }
        let message = RequeuedMessage(
            stored, unresolved: try store.unresolved(stored), decomposition: decomposition)
        let value: [UInt8]?
        let images: Int
        switch message {
        case .nothingToDo:
            outcome.settled += 1
            return false
        case .whole:
            let job = try? ImageJob(decoding: letter.value)
            let wanted = try job.flatMap(withoutCancelled)
            value = wanted?.encoded() ?? letter.value
            images = job?.images.count ?? 0
        case .images(let job):
            value = (try withoutCancelled(job) ?? job).encoded()
            images = job.images.count
        }
        do throws(KafkaError) {
            try producer.send(
                to: topic, key: letter.key, value: value,
                headers: letter.headers.map { KafkaHeader(String(decoding: $0.name, as: UTF8.self), $0.value) })
        } catch {
            guard error.isTooLarge else { throw error }
            outcome.too_large += 1
            return false
        }
        outcome.requeued += 1
        outcome.images += images
        return true
    }

    /// The job without its submission, if that was called off: workers pass over such jobs, and who requeues one wants it
    /// all the same. Else nil.
    private func withoutCancelled(_ job: ImageJob) throws -> ImageJob? {
        guard let submission = job.submission, try SubmissionStore(connection).isCancelled(submission) else {
            return nil
        }
        return try ImageJob(
            analysis: job.analysis, submission: nil, force: job.force, group: job.group, images: job.images)
    }

    /// nil for a letter of no analysis that is registered.
    private func kind(_ letter: StoredDeadLetter) throws -> Kind? {
        guard let id = letter.failures.first?.analysisID, !id.isEmpty else { return nil }
        if let known = kinds[id] { return known }
        let kind: Kind?
        do {
            kind = try AnalysisStore(connection).load(id).map { analysis in
                AnotherRevision(analysis, id: id) == nil
                    ? .decomposes(analysis.method.decomposition) : .ofAnotherRevision
            }
        } catch let error as PersistenceError where error.code == .revision {
            kind = .ofAnotherRevision
        }
        kinds[id] = kind
        return kind
    }
}
