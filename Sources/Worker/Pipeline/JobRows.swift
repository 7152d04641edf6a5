import Concepts
import Inference
import Persistence

/// Turns finished jobs into the rows that they leave in the database.
struct JobRows: Sendable {
    /// Who writes.
    let worker: String
    let kernelSet = BLAS.kernelSet

    func add(_ finished: FinishedJob, to batch: inout WriteBatch) {
        let record = finished.ticket.record
        let source = MessageSource(topic: record.topic, partition: record.partition, offset: record.offset)
        let shard = Shard.of(partition: record.partition)
        var failures: [FailedImage] = []
        switch finished.outcome {
        case .abandoned: break
        case .failed(let error, let job):
            failures.append(
                FailedImage(
                    source: source, analysisID: job?.analysis, image: nil, submissionID: job?.submission,
                    kind: error.kind.rawValue, message: error.message, worker: worker, shard: shard))
        case .images(let analysis, let job, let images):
            for image in images {
                let reference = ImageReference(image.image, of: job)
                switch image.result {
                case .success(let analyzed):
                    batch.results.append(
                        ImageRow(
                            analysisID: job.analysis, image: reference, labelIndex: image.label,
                            contentHash: analyzed.contentHash.hexadecimal, submissionID: job.submission,
                            force: job.force, worker: worker, kernelSet: kernelSet,
                            methodRevision: analysis.analysis.methodRevision, timings: analyzed.timings, shard: shard,
                            findings: analyzed.findings))
                case .failure(let failure):
                    failures.append(
                        FailedImage(
                            source: source, analysisID: job.analysis, image: reference, submissionID: job.submission,
                            kind: failure.kind.rawValue, message: failure.description, worker: worker, shard: shard))
                }
            }
        }
        guard let first = failures.first else { return }
        batch.failures += failures
        let more = failures.count > 1 ? " (and \(failures.count - 1) more)" : ""
        batch.deadLetters.append(
            DeadLetter(
                source: source, timestamp: record.timestamp, key: record.key, value: record.value,
                headers: record.headers.map { .init(name: Array($0.name.utf8), value: $0.value) },
                reason: first.message + more))
    }

    /// A result that the database can't hold, as a failure.
    func failure(of row: ImageRow, because error: PersistenceError) -> FailedImage {
        FailedImage(
            source: nil, analysisID: row.analysisID, image: row.image, submissionID: row.submissionID,
            kind: ImageFailure.Kind.unstorable.rawValue, message: error.description, worker: worker, shard: row.shard)
    }
}

extension ImageReference {
    init(_ image: ImageJob.Image, of job: ImageJob) {
        self.init(id: image.id, uri: image.uri, label: image.label, sha256: image.sha256, group: job.group)
    }
}
