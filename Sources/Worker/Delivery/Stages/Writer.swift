import Fetch
import Foundation
import Inference
import Jobs
import Kafka
import Logging
import Persistence
import Synchronization
import Threads

/// The writer thread: stores the finished prefix of each partition, one transaction a batch.
///
/// Unchecked: the connection and the limit are used by the writer thread alone; ``failure`` is behind a lock.
final class Writer: @unchecked Sendable {
    private let connection: Connection
    private let database: BatchWriter
    private let assignments: Assignments
    private let deadLetters: DeadLetterPublisher
    private let rows: JobRows
    private var limit: FailureLimit
    private var bound = BatchBound()
    private let group: String
    private let stop: StopSignal
    private let log: Logger
    private let observation: Observation
    private let failed = Mutex<(any Error)?>(nil)

    /// Jobs of one partition that go into one transaction at most.
    private static let jobsPerBatch = 64

    init(
        connection: Connection, assignments: Assignments, group: String, deadLetters: DeadLetterPublisher,
        limit: FailureLimit, worker: String, stop: StopSignal, log: Logger, observation: Observation = Observation()
    ) {
        self.connection = connection
        database = BatchWriter(connection)
        self.assignments = assignments
        self.group = group
        self.deadLetters = deadLetters
        self.limit = limit
        rows = JobRows(worker: worker, group: Identifier(group))
        self.stop = stop
        self.log = log
        self.observation = observation
    }

    /// What kept the writer from going on, if anything did.
    var failure: (any Error)? { failed.withLock { $0 } }

    /// Writes until `finished` is closed and empty.
    func run(from finished: BoundedQueue<FinishedJob>) {
        while !finished.isFinished {
            for job in finished.popAll(waiting: 0.2) {
                if case .abandoned = job.outcome {
                    observation.abandoned()
                    assignments.abandon(job.ticket)
                } else {
                    assignments.finish(job)
                }
            }
            do {
                while try writeReady() {}
            } catch {
                log.critical("the worker stops", metadata: ["error": "\(error)"])
                failed.withLock { $0 = error }
                // Intake ends and hands nothing over any more; what is in flight is read again by the next worker, to whom the
                // claims that are let go of in order say that no crash was the reason.
                stop.request()
                assignments.giveUp()
                if let error = error as? TooManyFailures {
                    // Without it the next worker has to see for itself.
                    try? FailureHistoryStore(connection).note(
                        error.history, group: group, host: WorkerAssembly.hostName)
                }
            }
        }
    }

    /// Stores what is ready, waiting out what is transient; returns whether there was anything.
    private func writeReady() throws -> Bool {
        var backoff = Backoff()
        while true {
            let ready = bound.take(assignments.ready(limit: Self.jobsPerBatch))
            guard !ready.isEmpty else { return false }
            do {
                try write(ready)
                bound.recover()
                return true
            } catch let error as PersistenceError where error.isFenced {
                log.warning(
                    "partitions were claimed by another worker; their jobs in flight are dropped",
                    metadata: ["error": "\(error)"])
                observation.fenced(error.fenced.count)
                for prefix in ready where error.fenced.contains(PartitionKey(prefix.partition, of: group)) {
                    assignments.fence(prefix.partition, epoch: prefix.epoch)
                }
            } catch let error as PersistenceError where error.isRetriable || error.awaitsOperator {
                observation.retried(.database)
                if error.isTimeout { bound.halve(ready) }
                let pause = backoff.next()
                log.warning(
                    "database can't be written now",
                    metadata: ["error": "\(error)", "retry.seconds": "\(pause)", "partitions": "\(ready.count)"])
                // During a shutdown it is the next worker's turn.
                if stop.wait(pause) { return false }
            }
        }
    }

    private func write(_ ready: [Assignments.Ledger.Prefix]) throws {
        let start = ContinuousClock.now
        let limit = try limit(after: ready)
        let (batch, outcome) = try writeStorable(ready)
        ready.forEach(assignments.stored)
        self.limit = limit
        if !batch.deadLetters.isEmpty { deadLetters.expectLetters() }
        // A step over a gap of the log is no news.
        guard ready.contains(where: { !$0.outcomes.isEmpty }) else { return }
        observation.stored(batch, outcome, of: ready.flatMap(\.outcomes), since: start)
        log.info(
            "batch written",
            metadata: [
                "images": "\(batch.results.count)", "images.failed": "\(batch.failures.count)",
                "jobs": "\(ready.reduce(0) { $0 + $1.outcomes.count })",
                "milliseconds": "\(start.duration(to: .now).microseconds / 1000)",
            ])
    }

    /// The failure limit with what is ready taken into account.
    ///
    /// - Throws: ``TooManyFailures`` before any more of them is stored.
    private func limit(after ready: [Assignments.Ledger.Prefix]) throws -> FailureLimit {
        var limit = limit
        for job in ready.flatMap(\.outcomes) {
            guard case .images(_, _, let images) = job.outcome else { continue }
            // A host that is gone says nothing of the rest, as long as there is a rest that can be had; nor does an image that is
            // known as another one.
            let failures = images.filter { !$0.isOriginAway }.map(\.failure).filter { $0?.kind != .imageConflict }
            if let finding = limit.add(failures.map { $0 != nil }) {
                throw TooManyFailures(
                    finding: finding, example: failures.last { $0 != nil }??.description, history: limit.history)
            }
        }
        return limit
    }

    private func jobs(of ready: [Assignments.Ledger.Prefix], refusing refused: [Int: ImageFailure]) -> JobBatch {
        var jobs = JobBatch(refusing: refused)
        for prefix in ready {
            jobs.batch.offsets.append(
                OffsetAdvance(
                    partition: PartitionKey(prefix.partition, of: group), epoch: prefix.epoch,
                    expected: prefix.expected, next: prefix.nextOffset,
                    last: prefix.outcomes.last.map { RecordMark($0.ticket.record) }))
            for job in prefix.outcomes { rows.add(job, to: &jobs) }
        }
        return jobs
    }

    /// Writes what is ready; results that the database refuses for what they hold become failures, so that one of them
    /// does not stop the rest. Returns what was written.
    private func writeStorable(_ ready: [Assignments.Ledger.Prefix]) throws -> (WriteBatch, BatchWriter.Outcome) {
        var refused: [Int: ImageFailure] = [:]
        while true {
            let jobs = jobs(of: ready, refusing: refused)
            do {
                return (jobs.batch, try observation.transaction { try database.write(jobs.batch) })
            } catch let error as PersistenceError where error.isRecordLevel {
                let refusals = try database.refused(in: jobs.batch)
                // Each round leaves at least one result less, so this ends.
                guard !refusals.isEmpty else { throw error }
                for refusal in refusals { refused[jobs.places[refusal.row]] = ImageFailure(refusedFor: refusal.error) }
            }
        }
    }
}
