import Foundation
import Inference
import Jobs
import Kafka
import Logging
import Persistence
import Threads

/// Lets jobs be worked on: notes in the database which are, so that a crash leaves suspects, and lets a suspect work with
/// nothing beside it.
///
/// Thread-safe. A job enters before its pictures are touched and leaves when a lane is done with it; its row goes with the
/// transaction that stores its outcome.
final class JobAdmission: @unchecked Sendable {
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

    /// - Parameters:
    ///   - connection: without synchronous commit; what is lost with the server was of no use to it.
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
    /// - Parameter images: of which to say what is known.
    /// - Returns: nil when it is not to be worked on: its partition has another owner, or the worker stops.
    func enter(_ ticket: Ticket, _ job: ImageJob, asking images: [ImageReference]) -> JobStanding? {
        let alone = ticket.suspicion != nil
        // At the stop, jobs that were taken are still finished; only waiting for a place of its own is not worth it.
        guard
            gate.enter(alone: alone, while: { assignments.isCurrent(ticket) && !(alone && stop.isRequested) })
        else { return nil }
        let standing = ask(ticket) { store, partition in
            try store.begin(
                partition, offset: ticket.record.offset, epoch: ticket.epoch, alone: alone, analysisID: job.analysis,
                images: images, force: job.force, submissionID: job.submission)
        }
        if standing == nil { gate.leave(alone: alone) }
        return standing
    }

    /// Ends what ``enter(_:_:asking:)`` began: the job is done with, or waits.
    func leave(_ ticket: Ticket) {
        let alone = ticket.suspicion != nil
        if alone {
            // From here on a crash is none of its doing.
            _ = ask(ticket) { store, partition in
                try store.take(partition, offset: ticket.record.offset, epoch: ticket.epoch, alone: false) ? true : nil
            }
        }
        gate.leave(alone: alone)
    }

    /// Notes that a job got further, if it runs alone. What can't be noted now is left out: then it seems to have got less far.
    ///
    /// - Parameter steps: of it that are done; 0 once its first image is read.
    func note(_ steps: Int, of ticket: Ticket) {
        guard ticket.suspicion != nil else { return }
        lock.withLock {
            // Not worth a new connection, which would have to be announced first.
            guard connection.isConnected, announced == connection.backend else { return }
            try? InFlightStore(connection).note(
                steps, of: PartitionKey(ticket.record.topicPartition, of: group), offset: ticket.record.offset,
                epoch: ticket.epoch)
        }
    }

    /// Asks until there is an answer; nil: the job is not ours any more, or the worker stops.
    private func ask<Answer>(
        _ ticket: Ticket, _ question: (InFlightStore, PartitionKey) throws -> Answer?
    ) -> Answer? {
        let partition = ticket.record.topicPartition
        var backoff = Backoff()
        while assignments.isCurrent(ticket) {
            do {
                let answer = try lock.withLock {
                    let store = InFlightStore(connection)
                    let answer = try question(store, PartitionKey(partition, of: group))
                    // After the call, because it is the call that connects again.
                    if announced != connection.backend {
                        try store.announce(owner: owner)
                        announced = connection.backend
                    }
                    return answer
                }
                // It has another owner: the group will say so, or it was claimed by one that had lost it.
                guard let answer else {
                    fence(ticket)
                    return nil
                }
                guard assignments.isCurrent(ticket) else {
                    forget(ticket)
                    return nil
                }
                return answer
            } catch {
                observation.retried(.database)
                let pause = backoff.next()
                log.warning(
                    "a job can't be noted as in flight yet",
                    metadata: [
                        "kafka.partition": "\(partition)", "kafka.offset": "\(ticket.record.offset)",
                        "error": "\(error)", "retry.seconds": "\(pause)",
                    ])
                if stop.wait(pause) { return nil }
            }
        }
        return nil
    }

    /// Takes back a note that may have come after those of its partition were let go of, as when a worker gives up: no other will.
    private func forget(_ ticket: Ticket) {
        let partition = PartitionKey(ticket.record.topicPartition, of: group)
        lock.withLock { try? InFlightStore(connection).release(partition, epoch: ticket.epoch) }
    }

    private func fence(_ ticket: Ticket) {
        let partition = ticket.record.topicPartition
        guard assignments.fence(partition, epoch: ticket.epoch) else { return }
        observation.fenced(1)
        log.warning(
            "partitions were claimed by another worker; their jobs in flight are dropped",
            metadata: ["kafka.partition": "\(partition)"])
    }
}
