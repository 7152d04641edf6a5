import Concepts
import Inference
import Persistence

/// One session that writes results of one partition, one image a transaction.
///
/// Unchecked: used by one thread at a time.
final class BenchmarkWriter: @unchecked Sendable {
    private(set) var written = 0
    /// By SQLSTATE.
    private(set) var repeated: [String: Int] = [:]
    private(set) var failure: (any Error)?
    private let writer: BatchWriter
    private let partition: PartitionKey
    private let epoch: Int64
    private let submission: Submission
    private let shard: Int

    init(uri: String, _ submission: Submission, partition: Int, shard: Int) throws {
        let connection = try Connection(uri: uri, settings: SessionSettings(applicationName: "writer \(partition)"))
        self.partition = PartitionKey(group: "benchmark", topic: "benchmark", partition: Int32(partition))
        epoch = try OffsetLedger(connection).claim(self.partition, owner: "benchmark").epoch
        writer = BatchWriter(connection)
        self.submission = submission
        self.shard = shard
    }

    func write(until deadline: ContinuousClock.Instant) {
        do {
            while ContinuousClock.now < deadline {
                let batch = WriteBatch(
                    offsets: [
                        OffsetAdvance(
                            partition: partition, epoch: epoch, expected: written == 0 ? nil : Int64(written),
                            next: Int64(written + 1))
                    ], results: [row])
                do {
                    try writer.write(batch)
                    written += 1
                } catch let error as PersistenceError where error.isRetriable {
                    repeated[error.sqlState ?? "none", default: 0] += 1
                }
            }
        } catch { failure = error }
    }

    private var row: ImageRow {
        let id: Identifier = "\(partition.partition)/\(written)"
        return ImageRow(
            analysisID: submission.analysisID,
            image: ImageReference(id: id, uri: "file:///\(id)", label: "class-0"), labelIndex: 0,
            submissionID: submission.id, worker: "benchmark", kernelSet: "none", methodRevision: 1, shard: shard,
            findings: ImageFindings(
                top: (0..<5).map { .init(classIndex: $0, similarity: 0.5 - Float($0) / 16) },
                partMethods: [Self.parts]))
    }

    /// As many concepts as three a part of five parts come to.
    private static let parts = PartFindings(
        method: .kmeans, gridHeight: 14, gridWidth: 14, parts: Array(repeating: 0, count: 196),
        boxes: [.init(part: 0, top: 0, left: 0, bottom: 13, right: 13)],
        visionConcepts: (0..<15).map { .init(descriptor: $0 * 3, relevance: 0.5, parts: [0]) },
        languageConcepts: (0..<50).map { .init(descriptor: $0, similarity: 0.5) },
        agreement: Agreement(
            matches: (0..<15).map { $0 % 2 == 0 }, languageCount: 50, bankSize: 100), flags: [])
}
