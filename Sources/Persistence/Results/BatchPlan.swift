import Inference

/// A batch as a list of statements, in the order that keeps writers from waiting for each other crosswise: offsets,
/// shards, submissions, images, all of which are locked from there on, results, failures, dead letters.
struct BatchPlan {
    private(set) var calls: [Call] = []
    /// Submissions that are in the table once the plan is committed.
    private(set) var submissions: Set<Identifier> = []
    private var resultCalls: [Int] = []
    private var failureCall: Int?

    /// More rows a statement would gain nothing, and the server holds all of them at once.
    static let rowsPerStatement = 256
    private static let advance = Statement(
        "entente_advance_offset", "SELECT entente.advance_offset($1, $2, $3, $4, $5, $6, $7, $8)")
    /// - Parameter isChecked: whether results that disagree with the ones in place end the batch.
    /// - Throws: ``PersistenceError`` of code `value` for a row that can't be stored.
    init(_ batch: WriteBatch, keepData: Bool, knownSubmissions: Set<Identifier>, isChecked: Bool = true) throws {
        calls.append(Lookups.begin)
        for advance in batch.offsets.sorted(by: { $0.partition < $1.partition }) {
            calls.append(
                Call(
                    Self.advance,
                    advance.partition.parameters
                        + [
                            .bigint(advance.epoch), .bigint(advance.expected), .bigint(advance.next),
                            .bigint(advance.last?.offset), .bytes(advance.last?.digest),
                        ]))
        }
        for row in batch.results { try row.check() }
        let failures = FailureColumns.distinct(batch.failures)
        addImages(batch.results, failures, keepData: keepData, known: knownSubmissions)
        for round in Self.rounds(batch.results) {
            for part in Self.chunks(round.filter { !$0.force }) { add(ResultColumns(part).firstWrite) }
            for part in Self.chunks(round.filter(\.force)) { add(ResultColumns(part).replacement) }
        }
        if isChecked { addChecks(batch.results) }
        calls += ImageNaming.calls(batch.results, keepData: keepData)
        if !failures.isEmpty {
            failureCall = calls.count
            calls.append(FailureColumns.call(failures))
        }
        let letters = DeadLetterColumns.distinct(batch.deadLetters)
        if !letters.isEmpty { calls.append(DeadLetterColumns.call(letters)) }
    }

    func outcome(_ answers: [Rows]) throws -> BatchWriter.Outcome {
        var images = 0
        for call in resultCalls { images += Int(try answers[call].int(0, 0)) }
        let failures = failureCall.map { answers[$0].affected } ?? 0
        return BatchWriter.Outcome(imagesWritten: images, failuresWritten: failures, wasCommittedBefore: false)
    }

    private mutating func add(_ results: Call) {
        resultCalls.append(calls.count)
        calls.append(results)
    }

    private mutating func addChecks(_ results: [ImageRow]) {
        let grouped = GroupMembership(results)
        if !grouped.isEmpty { calls.append(grouped.check) }
        let agreement = ImageAgreement(results)
        if !agreement.isEmpty { calls.append(agreement.check) }
    }

    private mutating func addImages(
        _ results: [ImageRow], _ failures: [FailedImage], keepData: Bool, known: Set<Identifier>
    ) {
        var images = ImageColumns(keepData: keepData)
        // Submissions of foreign producers are made known by their first image.
        var foreign: [Identifier: Call] = [:]
        func meet(_ submissionID: Identifier?, _ analysisID: String, _ force: Bool) {
            guard let submissionID, !known.contains(submissionID), foreign[submissionID] == nil else { return }
            foreign[submissionID] = SubmissionStore.foreign(submissionID, analysisID: analysisID, force: force)
        }
        for row in results {
            images.add(row.image, analysisID: row.analysisID, submissionID: row.submissionID, shard: row.shard)
            meet(row.submissionID, row.analysisID, row.force)
        }
        for failure in failures {
            guard let image = failure.image, let analysisID = failure.analysisID else { continue }
            images.add(
                FailureColumns.storable(image), analysisID: analysisID, submissionID: failure.submissionID,
                shard: failure.shard)
            meet(failure.submissionID, analysisID, false)
        }
        let shards = Set(results.map(\.shard) + failures.map(\.shard))
        if !shards.isEmpty {
            calls.append(
                BatchLocks.shards(shards, of: images.keys, forced: results.filter(\.force).map(\.key)))
        }
        calls += foreign.sorted { $0.key < $1.key }.map(\.value)
        submissions = Set(foreign.keys)
        guard !images.isEmpty else { return }
        calls += [images.call, BatchLocks.images(images.keys)]
    }

    private static func chunks(_ rows: [ImageRow]) -> [[ImageRow]] {
        stride(from: 0, to: rows.count, by: rowsPerStatement).map {
            Array(rows[$0..<min($0 + rowsPerStatement, rows.count)])
        }
    }

    /// A statement may touch an image once. A second, unforced, occurrence could not change anything; each further
    /// forced one gets a statement of its own, as if it had come in a later batch.
    static func rounds(_ rows: [ImageRow]) -> [[ImageRow]] {
        var rounds: [[ImageRow]] = []
        var next: [ImageKey: Int] = [:]
        for row in rows {
            let round = next[row.key] ?? 0
            if round > 0 && !row.force { continue }
            next[row.key] = round + 1
            if round == rounds.count { rounds.append([]) }
            rounds[round].append(row)
        }
        return rounds
    }
}
