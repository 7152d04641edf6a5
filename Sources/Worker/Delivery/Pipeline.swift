import Foundation
import Logging
import Threads

/// The whole flow of a worker, from Kafka to PostgreSQL, on one screen.
///
/// ```
/// Kafka thread   Intake       poll → `taken`                  full downstream: pause partitions, keep polling
/// fetch pool     Preparation  fetch bytes → decode → fit      `taken` → `prepared`
/// compute lanes  Lane         encode → parts → prompted pictures → encode → concepts    `prepared` → `finished`
/// writer thread  Writer       finished prefix of each partition → one transaction       `finished` → rows
/// Kafka thread   Intake       commit what the database holds
/// claims thread  PartitionClaims   partitions that come → their place in the log, from the database and the brokers
/// letter thread  DeadLetterPublisher   what failed for good → dead-letter topic         rows → records
/// ```
///
/// ``Assignments`` knows what is in flight and bounds it; a job that can't succeed goes straight to the writer, with its
/// reason.
struct Pipeline {
    let intake: Intake
    let claims: PartitionClaims
    let preparation: Preparation
    let lane: Lane
    let writer: Writer
    let deadLetters: DeadLetterPublisher
    let fetchThreads: Int
    let lanes: Int
    let stop: StopSignal
    /// How long after a stop was requested jobs in flight may take.
    let gracePeriod: Duration
    let log: Logger

    /// How much later the process ends for good.
    private static let lastBound = Duration.seconds(7)

    /// Runs on the calling thread, which becomes the Kafka thread, until the stop is requested, the queue is idle for
    /// as long as was asked, or a stage can't go on.
    ///
    /// - Throws: what kept a stage from going on.
    func run() throws {
        // Jobs can be had from Kafka, so few wait; pictures weigh most, so fewer.
        let taken = BoundedQueue<Ticket>(limit: 32)
        let prepared = BoundedQueue<PreparedJob>(limit: 2 * lanes)
        let finished = BoundedQueue<FinishedJob>(limit: .max)

        let claiming = WorkerThread("claims") { [claims] in claims.run() }
        let publishing = WorkerThread("dead letters") { [deadLetters] in deadLetters.run() }
        let writing = WorkerThread("writer") { [writer] in writer.run(from: finished) }
        let computing = (0..<lanes).map { number in
            WorkerThread("lane \(number)") { [lane] in lane.run(from: prepared, to: finished) }
        }
        let fetching = (0..<fetchThreads).map { number in
            WorkerThread("fetch \(number)") { [preparation] in preparation.run(from: taken, to: prepared, or: finished)
            }
        }
        let ended = StopSignal()
        _ = WorkerThread("end") { [stop, gracePeriod, claims, writer, log] in
            // Whatever is not done then: an encoder's call, a server that does not answer.
            while !stop.wait(3600) {}
            guard !ended.wait((gracePeriod + Self.lastBound).seconds) else { return }
            log.warning("jobs in flight take too long to end; the next worker does them")
            // First of all, so that the next worker does not suspect them; offsets are rows, so nothing is lost.
            claims.letGo()
            _ = ended.wait(1.5)
            _exit(writer.failure == nil ? 0 : 69)
        }
        let result = Result { try intake.run(to: taken) }
        claims.queue.close()

        // Stage by stage, each when the one before has handed over its last.
        stop.request()
        taken.close()
        fetching.forEach { $0.join() }
        prepared.close()
        computing.forEach { $0.join() }
        finished.close()
        writing.join()
        // What it asks may not be answered for long, and nothing of it is needed any more.
        _ = claiming.join(within: 10)
        deadLetters.close()
        publishing.join()
        ended.request()
        try result.get()
        if let failure = writer.failure { throw failure }
    }
}
