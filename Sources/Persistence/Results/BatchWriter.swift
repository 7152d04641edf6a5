import Inference

/// Writes batches, each in one pipelined transaction of one round trip.
///
/// The first write of an image wins, so a batch may be written again after any error; a row that is forced replaces
/// one of an older submission, once. Rows go in key order, behind a lock on their shards, so that writers do not
/// deadlock.
public final class BatchWriter {
    private let connection: Connection
    private let keepData: Bool
    /// Submissions that are known to be in the table, so that they are not sent with every batch.
    private var knownSubmissions: Set<Identifier> = []

    /// - Parameter keepData: also store `data:` URIs of images that this writer sees first.
    public init(_ connection: Connection, keepData: Bool = false) {
        self.connection = connection
        self.keepData = keepData
    }

    public struct Outcome: Sendable, Equatable {
        /// Images written or, when forced, replaced; the batch's other images were in already.
        public let imagesWritten: Int
        /// Failures that were not in already.
        public let failuresWritten: Int
        /// An earlier attempt at this batch had been committed, though its answer got lost; the counts are 0.
        public let wasCommittedBefore: Bool
    }

    /// - Throws: ``PersistenceError``: retriable (nothing is lost by writing the same batch again), fenced (naming
    ///   the partitions to let go; nothing was written), or record-level (``refused(in:)`` finds the records).
    @discardableResult
    public func write(_ batch: WriteBatch) throws -> Outcome {
        let plan = try BatchPlan(batch, keepData: keepData, knownSubmissions: knownSubmissions)
        do {
            let answers = try connection.pipelinedTransaction(plan.calls)
            knownSubmissions.formUnion(plan.submissions)
            return try plan.outcome(answers)
        } catch let failure as PipelineFailure {
            if failure.error.isFenced || failure.call == nil, !batch.offsets.isEmpty {
                return try settle(batch, after: failure.error)
            }
            throw failure.error
        }
    }

    /// What to make of a batch that was fenced or whose commit went unanswered: the table knows. An epoch is one
    /// claim's own, so nobody else can have moved the offset to this batch's end under it.
    private func settle(_ batch: WriteBatch, after error: PersistenceError) throws -> Outcome {
        let ledger = OffsetLedger(connection)
        var fenced: [PartitionKey] = []
        var ahead = 0
        for advance in batch.offsets {
            let now = try ledger.position(advance.partition)
            if now?.epoch != advance.epoch {
                fenced.append(advance.partition)
            } else if now?.nextOffset == advance.next {
                ahead += 1
            } else if now?.nextOffset != advance.expected {
                fenced.append(advance.partition)
            }
        }
        if ahead == batch.offsets.count {
            return Outcome(imagesWritten: 0, failuresWritten: 0, wasCommittedBefore: true)
        }
        guard !fenced.isEmpty else {
            // Not committed and still ours: the caller writes again.
            if !error.isFenced { throw error }
            throw PersistenceError(.connection, "writing a batch: its partitions changed hands and back meanwhile")
        }
        throw PersistenceError(
            .fenced,
            "writing a batch: \(fenced.map(\.description).joined(separator: ", ")) belongs to another worker now",
            sqlState: PersistenceError.fencedState, fenced: fenced)
    }

    /// A row that can never be written, and why.
    public struct Refused: Sendable {
        /// Index in ``WriteBatch/results``.
        public let row: Int
        public let error: PersistenceError
    }

    /// Finds rows that make a batch fail with a record-level error: those in conflict with another group, or with the
    /// picture or label in place, if there are any, else by writing halves of the batch and rolling back. Turn them into ``FailedImage``s and write the rest; failures and dead letters themselves can always be stored.
    ///
    /// - Throws: ``PersistenceError`` that is not record-level.
    public func refused(in batch: WriteBatch) throws -> [Refused] {
        let membership = GroupMembership(batch.results)
        let conflicts = membership.isEmpty ? [] : try membership.conflicts(connection)
        guard conflicts.isEmpty else {
            return conflicts.map { row in
                Refused(
                    row: row,
                    error: PersistenceError(
                        .server, "image \(batch.results[row].image.id) has a result from another group",
                        sqlState: PersistenceError.groupConflictState))
            }
        }
        let differing = try differing(in: batch)
        guard differing.isEmpty else {
            return differing.map { row in
                Refused(
                    row: row,
                    error: PersistenceError(
                        .server,
                        "image \(batch.results[row].image.id) has a result of another label or of other contents",
                        sqlState: PersistenceError.imageConflictState))
            }
        }
        return try refused(batch.results.indices, of: batch.results)
    }

    /// The rows that disagree with what would be in the table if all were written, on which label or which picture an image is;
    /// none when something else keeps them from being written.
    private func differing(in batch: WriteBatch) throws -> [Int] {
        let agreement = ImageAgreement(batch.results)
        guard !agreement.isEmpty else { return [] }
        do {
            let plan = try BatchPlan(
                WriteBatch(results: batch.results), keepData: keepData, knownSubmissions: [], isChecked: false)
            let answers = try connection.pipelinedTransaction(plan.calls + [agreement.differing], commit: false)
            return try answers.last.map(agreement.conflicts) ?? []
        } catch let failure as PipelineFailure where failure.error.isRecordLevel {
            return []
        } catch let failure as PipelineFailure {
            throw failure.error
        } catch let error as PersistenceError where error.isRecordLevel {
            return []
        }
    }

    private func refused(_ range: Range<Int>, of rows: [ImageRow]) throws -> [Refused] {
        guard !range.isEmpty, let error = try trial(Array(rows[range])) else { return [] }
        if range.count == 1 { return [Refused(row: range.lowerBound, error: error)] }
        let middle = range.lowerBound + range.count / 2
        return try refused(range.lowerBound..<middle, of: rows) + refused(middle..<range.upperBound, of: rows)
    }

    /// The record-level error of writing `rows`, without writing them.
    private func trial(_ rows: [ImageRow]) throws -> PersistenceError? {
        do {
            let plan = try BatchPlan(WriteBatch(results: rows), keepData: keepData, knownSubmissions: [])
            _ = try connection.pipelinedTransaction(plan.calls, commit: false)
            return nil
        } catch let failure as PipelineFailure where failure.error.isRecordLevel {
            return failure.error
        } catch let failure as PipelineFailure {
            throw failure.error
        } catch let error as PersistenceError where error.isRecordLevel {
            return error
        }
    }
}
