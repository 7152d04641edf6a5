import Analyzing
import Concepts
import Fetch
import Inference
import Jobs
import Kafka
import Persistence

/// A batch in the making, from which results may be left out that the database refused.
struct JobBatch {
    var batch = WriteBatch()
    /// For each result of ``batch`` its number among all results that the jobs have.
    private(set) var places: [Int] = []
    private var next = 0
    private let refused: [Int: ImageFailure]

    /// - Parameter refused: what becomes a failure instead, by the numbers of ``places``.
    init(refusing refused: [Int: ImageFailure] = [:]) { self.refused = refused }

    /// Adds a result, or says why it can't be one.
    mutating func add(_ row: ImageRow) -> ImageFailure? {
        defer { next += 1 }
        if let failure = refused[next] { return failure }
        batch.results.append(row)
        places.append(next)
        return nil
    }
}

/// Turns finished jobs into the rows that they leave in the database.
struct JobRows: Sendable {
    /// Who writes, and of which consumer group.
    let worker: String
    var group: Identifier = ""

    func add(_ finished: FinishedJob, to jobs: inout JobBatch) {
        let record = finished.ticket.record
        let source = MessageSource(
            topic: record.topic, partition: record.partition, offset: record.offset, group: group)
        let shard = Shard.of(partition: record.partition)
        var failures: [FailedImage] = []
        func fail(_ image: ImageReference?, of job: ImageJob?, _ kind: String, _ message: String, attempts: Int = 1) {
            failures.append(
                FailedImage(
                    source: source, analysisID: job?.analysis, image: image, submissionID: job?.submission, kind: kind,
                    message: message, attempts: attempts, worker: worker, shard: shard))
        }
        func fail(_ image: ImageReference, of job: ImageJob, _ failure: ImageFailure) {
            fail(image, of: job, failure.kind.rawValue, failure.description, attempts: failure.attempts)
        }
        switch finished.outcome {
        case .abandoned, .cancelled: break
        case .failed(let error, let job?) where error.kind == .crashedWorker:
            // The job was expected and its analysis may be registered, so each of its images has an end.
            for image in job.images {
                fail(
                    ImageReference(image, of: job), of: job, error.kind.rawValue, error.message,
                    attempts: finished.ticket.suspicion?.attempts ?? 1)
            }
        case .failed(let error, let job): fail(nil, of: job, error.kind.rawValue, error.message)
        case .images(let analysis, let job, let images):
            for image in images {
                let reference = ImageReference(image.entry, of: job)
                switch image.state {
                case .analyzed(let findings, let contentHash, let groupDigest):
                    let refusal = jobs.add(
                        ImageRow(
                            analysisID: job.analysis, image: reference, labelIndex: image.label,
                            contentHash: contentHash.hexadecimal, groupDigest: groupDigest,
                            submissionID: job.submission, isNamedAnew: image.isNamedAnew, force: job.force,
                            worker: worker,
                            kernelSet: KernelSet.name(for: analysis.analysis.method.precision),
                            methodRevision: analysis.analysis.methodRevision, timings: image.timings, shard: shard,
                            findings: findings))
                    if let refusal { fail(reference, of: job, refusal) }
                case .failed(let failure): fail(reference, of: job, failure)
                // Lanes leave none of these.
                case .awaited, .standing, .picture: break
                }
            }
        }
        guard let first = failures.first else { return }
        jobs.batch.failures += failures
        let more = failures.count > 1 ? " (and \(failures.count - 1) more)" : ""
        jobs.batch.deadLetters.append(
            DeadLetter(
                source: source, timestamp: record.timestamp, key: record.key, value: record.value,
                headers: record.headers.map { .init(name: Array($0.name.utf8), value: $0.value) },
                reason: first.message + more))
    }
}

extension ImageReference {
    package init(_ image: ImageJob.Image, of job: ImageJob) {
        self.init(id: image.id, uri: image.uri, label: image.label, sha256: image.sha256, group: job.group)
    }
}
