import Inference
import Logging
import Persistence
import Threads

/// The whole flow of a worker, from Kafka to PostgreSQL, on one screen.
///
/// ```
/// Kafka thread   Intake       poll → Ticket                   full downstream: pause partitions, keep polling
/// fetch pool     Preparation  fetch bytes → decode → fit      Ticket → PreparedJob
/// compute lanes  Lane         encode → parts → prompted pictures → encode → concepts    PreparedJob → FinishedJob
/// writer thread  Writer       finished prefix of each partition → one transaction       FinishedJob → rows
/// Kafka thread   Intake       commit what the database holds
/// letter thread  DeadLetterPublisher   what failed for good → dead-letter topic         rows → records
/// ```
///
/// A job moves by being handed from queue to queue. ``Assignments`` knows what is in flight and bounds it; a job that
/// can't succeed goes straight to the writer, with its reason.
struct Pipeline {
    let intake: Intake
    let preparation: Preparation
    let lane: Lane
    let writer: Writer
    let deadLetters: DeadLetterPublisher
    let fetchThreads: Int
    let lanes: Int

    /// Runs on the calling thread, which becomes the Kafka thread, until the stop is requested, the queue is idle for
    /// as long as was asked, or a stage can't go on.
    ///
    /// - Throws: what kept a stage from going on.
    func run() throws {
        let publishing = WorkerThread("dead letters") { [deadLetters] in deadLetters.run() }
        let writing = WorkerThread("writer") { [writer] in writer.run() }
        let computing = (0..<lanes).map { number in WorkerThread("lane \(number)") { [lane] in lane.run() } }
        let fetching = (0..<fetchThreads).map { number in
            WorkerThread("fetch \(number)") { [preparation] in preparation.run() }
        }

        let result = Result { try intake.run() }

        // Stage by stage, each when the one before has handed over its last.
        preparation.stop.request()
        preparation.tickets.close()
        fetching.forEach { $0.join() }
        preparation.prepared.close()
        computing.forEach { $0.join() }
        preparation.finished.close()
        writing.join()
        deadLetters.close()
        publishing.join()
        try result.get()
        if let failure = writer.failure { throw failure }
    }
}
