import Foundation
import Jobs
import Kafka
import Logging
import Persistence
import Threads

/// Which jobs are being worked on: kept in the database, so that a crash leaves suspects, and at the gate that lets a
/// suspect work alone.
///
/// Thread-safe. A job enters before it is touched and leaves when a lane is done with it; its row goes with the
/// transaction that stores its outcome.
final class Flights: @unchecked Sendable {
    // Unchecked: the connection and what goes with it are touched under `lock` only.
    private let lock = NSLock()
    private let connection: Connection
    private var announced: Int32 = 0
    private let owner: String
    private let group: String
    private let gate = SoloGate()
    private let assignments: Assignments
    private let stop: StopSignal
    private let log: Logger
    private let observation: Observation

    /// Crashes of a job alone after which it is not tried again.
    static let crashLimit = 3

    /// - Parameters:
    ///   - connection: without synchronous commit; a note that is lost with the server was of no use to it.
    ///   - owner: as the partitions are claimed.
    init(
        connection: Connection, owner: String, group: String, assignments: Assignments, stop: StopSignal, log: Logger,
        observation: Observation = Observation()
    ) {
        self.connection = connection
        self.owner = owner
        self.group = group
        self.assignments = assignments
        self.stop = stop
        self.log = log
        self.observation = observation
    }

    /// Waits until the job may be worked on and is noted as such. Blocks while the database is away.
    ///
    /// - Returns: `false` when it is not to be worked on: its partition has another owner, or the worker stops.
    func enter(_ ticket: Ticket) -> Bool {
        let alone = ticket.crashes != nil
        // At the stop, jobs that were taken are still finished; only waiting for a place of its own is not worth it.
        guard
            gate.enter(alone: alone, while: { assignments.isCurrent(ticket) && !(alone && stop.isRequested) })
        else { return false }
        if note(ticket, alone: alone) { return true }
        gate.leave(alone: alone)
        return false
    }

    /// Ends what ``enter(_:)`` began: the job is done with, or waits.
    func leave(_ ticket: Ticket) {
        guard ticket.crashes != nil else { return gate.leave(alone: false) }
        // From here on a crash is none of its doing.
        _ = note(ticket, alone: false)
        gate.leave(alone: true)
    }

    /// The images of a job whose results are in and would stay as they are, with the digest of the group of each; nil
    /// when the job's submission was called off.
    ///
    /// - Throws: `PersistenceError` while the database can't be asked.
    func standing(of job: ImageJob) throws -> [String: String?]? {
        try lock.withLock {
            if try isCancelledUnlocked(job) { return nil }
            return try ResultLookup(connection).standing(
                job.images.map(\.id), analysisID: job.analysis, force: job.force, submissionID: job.submission)
        }
    }

    /// Whether the job's submission was called off.
    ///
    /// - Throws: `PersistenceError` while the database can't be asked.
    func isCancelled(_ job: ImageJob) throws -> Bool { try lock.withLock { try isCancelledUnlocked(job) } }

    private func isCancelledUnlocked(_ job: ImageJob) throws -> Bool {
        guard let submission = job.submission else { return false }
        return try ResultLookup(connection).isCancelled(submissionID: submission)
    }

    private func fence(_ ticket: Ticket) {
        let partition = ticket.record.topicPartition
        guard assignments.fence(partition, epoch: ticket.epoch) else { return }
        observation.fenced(1)
        log.warning(
            "partitions were claimed by another worker; their jobs in flight are dropped",
            metadata: ["kafka.partition": "\(partition)"])
    }

    private func note(_ ticket: Ticket, alone: Bool) -> Bool {
        let record = ticket.record
        let partition = PartitionKey(record.topicPartition, of: group)
        var backoff = Backoff()
        while assignments.isCurrent(ticket) {
            do {
                let isOurs = try lock.withLock {
                    let store = InFlightStore(connection)
                    let isOurs = try store.take(partition, offset: record.offset, epoch: ticket.epoch, alone: alone)
                    // After the call, because it is the call that connects again.
                    if announced != connection.backend {
                        try store.announce(owner: owner)
                        announced = connection.backend
                    }
                    return isOurs
                }
                // It has another owner: the group will say so, or it was claimed by one that had lost it.
                if !isOurs { fence(ticket) }
                return isOurs
            } catch {
                observation.retried(.database)
                let pause = backoff.next()
                log.warning(
                    "a job can't be noted as in flight yet",
                    metadata: [
                        "kafka.partition": "\(record.topicPartition)", "kafka.offset": "\(record.offset)",
                        "error": "\(error)", "retry.seconds": "\(pause)",
                    ])
                if stop.wait(pause) { return false }
            }
        }
        return false
    }
}
