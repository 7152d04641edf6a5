import Foundation
import Jobs
import Kafka
import Persistence
import Threads

// What the writer thread tells.
extension Observation {
    func abandoned() { metrics.jobs[WorkerMetrics.JobOutcome.abandoned.rawValue].increment() }

    /// Another worker has these partitions by now.
    func fenced(_ partitions: Int) { metrics.fenced.increment(by: partitions) }

    func published(_ letters: Int, withheld: Int) {
        metrics.deadLetters[WorkerMetrics.LetterStep.published.rawValue].increment(by: letters)
        metrics.deadLetters[WorkerMetrics.LetterStep.withheld.rawValue].increment(by: withheld)
    }

    /// What the outbox holds, and for how many seconds the oldest of it.
    func waiting(letters: Int, age: Double) {
        metrics.unpublishedLetters.record(letters)
        metrics.unpublishedAge.record(age)
    }

    /// Runs a transaction of results and measures it.
    func transaction<R>(_ body: () throws -> R) rethrows -> R {
        let start = ContinuousClock.now
        func ended(_ result: WorkerMetrics.Transaction) {
            metrics.transactionDuration.record(start.duration(to: .now).seconds)
            metrics.transactions[result.rawValue].increment()
        }
        do {
            let answer = try body()
            ended(.committed)
            return answer
        } catch {
            ended((error as? PersistenceError)?.isFenced == true ? .fenced : .failed)
            throw error
        }
    }

    /// A batch is in the database.
    ///
    /// - Parameters:
    ///   - jobs: whose outcome it is.
    ///   - start: when the writer began with it.
    func stored(
        _ batch: WriteBatch, _ outcome: BatchWriter.Outcome, of jobs: [FinishedJob],
        since start: ContinuousClock.Instant
    ) {
        metrics.stages[.write]?.record(start.duration(to: .now).seconds)
        metrics.writeBatch.record(batch.results.count)
        metrics.lastProgress.record(Date().timeIntervalSince1970)
        updateHealth { $0.moved(at: .now) }
        count(jobs)
        count(batch, outcome)
        for row in batch.results {
            metrics.stages[.fetch]?.record(Double(row.timings.fetch) / 1e6)
            metrics.stages[.decode]?.record(Double(row.timings.decode) / 1e6)
            metrics.stages[.encode]?.record(Double(row.timings.encode) / 1e6)
            metrics.stages[.concepts]?.record(Double(row.timings.concepts) / 1e6)
        }
    }

    private func count(_ jobs: [FinishedJob]) {
        let now = Date().timeIntervalSince1970
        for job in jobs {
            switch job.outcome {
            case .images(_, let job, let images):
                metrics.jobs[WorkerMetrics.JobOutcome.done.rawValue].increment()
                // Those whose results stood already.
                let standing = job.images.count - images.count
                metrics.images[WorkerMetrics.ImageOutcome.skipped.rawValue].increment(by: standing)
            case .cancelled(let job):
                metrics.jobs[WorkerMetrics.JobOutcome.done.rawValue].increment()
                metrics.images[WorkerMetrics.ImageOutcome.skipped.rawValue].increment(by: job.images.count)
            case .failed(let error, _):
                metrics.jobs[WorkerMetrics.JobOutcome.failed.rawValue].increment()
                metrics.jobFailures[error.kind.rawValue].increment()
            case .abandoned: abandoned()
            }
            // Clocks of producers may be ahead of ours.
            if let sent = job.ticket.record.timestamp { metrics.endToEnd.record(max(0, now - Double(sent) / 1000)) }
        }
    }

    private func count(_ batch: WriteBatch, _ outcome: BatchWriter.Outcome) {
        let failures = batch.failures.filter { $0.image != nil }
        // When the answer to the commit got lost, what it would have said is taken to be the usual: all of it was new.
        let written = outcome.wasCommittedBefore ? batch.results.count : outcome.imagesWritten
        let failed = outcome.wasCommittedBefore ? failures.count : min(failures.count, outcome.failuresWritten)
        metrics.images[WorkerMetrics.ImageOutcome.done.rawValue].increment(by: written)
        metrics.images[WorkerMetrics.ImageOutcome.skipped.rawValue].increment(by: batch.results.count - written)
        metrics.images[WorkerMetrics.ImageOutcome.failed.rawValue].increment(by: failed)
        for failure in failures.prefix(failed) { metrics.imageFailures[failure.kind].increment() }
        metrics.deadLetters[WorkerMetrics.LetterStep.written.rawValue].increment(by: batch.deadLetters.count)
    }
}
