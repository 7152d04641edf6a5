import Kafka
import Persistence
import Synchronization

/// The partitions that this worker reads, each with its claim and ledger.
///
/// Shared by the Kafka thread, which opens and drops ledgers, and the writer, which empties them.
final class Assignments: Sendable {
    typealias Ledger = PartitionLedger<FinishedJob>

    private struct State {
        var ledgers: [TopicPartition: Ledger] = [:]
        var fenced: Set<TopicPartition> = []

        var outstandingBytes: Int { ledgers.values.reduce(0) { $0 + $1.outstandingBytes } }
    }

    private let state = Mutex(State())
    /// Bytes in flight at which intake pauses.
    let limit: Int

    /// - Parameter limit: bytes of jobs that were taken and not yet stored. Finished jobs that wait behind an unfinished
    ///   one count too, so a stuck job stops intake instead of growing memory.
    init(limit: Int) { self.limit = limit }

    // MARK: - Partitions that come and go

    /// Begins with a partition that was claimed in the database; an older ledger of it is dropped.
    func assign(_ ledger: Ledger) {
        state.withLock { state in
            state.ledgers[ledger.partition] = ledger
            state.fenced.remove(ledger.partition)
        }
    }

    /// Drops a ledger: what is still at work for it will be ignored, and read again by whoever owns the partition next.
    func revoke(_ partition: TopicPartition) {
        state.withLock { state in
            state.ledgers[partition] = nil
            state.fenced.remove(partition)
        }
    }

    /// Gives up everything that was handed out and is not stored; the claims stay, to be let go of in order.
    func giveUp() {
        state.withLock { state in
            for partition in state.ledgers.keys { state.ledgers[partition]?.abandonAll() }
        }
    }

    /// Drops a partition of which the database says that somebody claimed it since `epoch`; without effect if that was
    /// this worker itself. ``takeFenced()`` tells of it.
    ///
    /// - Returns: whether it was dropped by this call.
    @discardableResult
    func fence(_ partition: TopicPartition, epoch: Int64) -> Bool {
        state.withLock { state in
            guard state.ledgers[partition]?.epoch == epoch else { return false }
            state.ledgers[partition] = nil
            state.fenced.insert(partition)
            return true
        }
    }

    /// The partitions that were fenced since this was last asked and have not been assigned or revoked since.
    func takeFenced() -> Set<TopicPartition> {
        state.withLock { state in
            defer { state.fenced = [] }
            return state.fenced
        }
    }

    // MARK: - Jobs

    /// What becomes of a record that was read.
    enum Admission {
        case ticket(Ticket)
        /// It came before, or its partition isn't ours.
        case dropped
        /// It is the one that shows that the log is the old one.
        case proof
        /// It isn't, and the log is another.
        case misfit(epoch: Int64, RecordMark)
    }

    /// Takes a record in.
    func take(_ record: KafkaRecord, weight: Int) -> Admission {
        let place = record.topicPartition
        return state.withLock { state in
            guard let ledger = state.ledgers[place] else { return .dropped }
            if let proof = ledger.proof {
                guard state.ledgers[place]?.prove(RecordMark(record)) == true else {
                    return .misfit(epoch: ledger.epoch, proof)
                }
                return .proof
            }
            guard state.ledgers[place]?.handOut(record.offset, bytes: weight) == true else { return .dropped }
            return .ticket(Ticket(record: record, epoch: ledger.epoch, suspicion: ledger.suspects[record.offset]))
        }
    }

    /// Notes that everything below `offset` was read.
    ///
    /// - Returns: the proof that should have been among it, if one was waited for, and the claim's epoch.
    func reachEnd(of partition: TopicPartition, at offset: Int64) -> (epoch: Int64, proof: RecordMark)? {
        state.withLock { state in
            guard let ledger = state.ledgers[partition] else { return nil }
            if let proof = ledger.proof { return (ledger.epoch, proof) }
            state.ledgers[partition]?.skip(to: offset)
            return nil
        }
    }

    /// Whether work on a ticket can still count.
    func isCurrent(_ ticket: Ticket) -> Bool {
        state.withLock { state in
            guard let ledger = state.ledgers[ticket.record.topicPartition] else { return false }
            return ledger.epoch == ticket.epoch && !ledger.isGivenUp
        }
    }

    /// Notes that a job is computed now.
    ///
    /// - Returns: whether work on it can still count.
    func begin(_ ticket: Ticket) -> Bool {
        change(ticket) { $0.begin(ticket.record.offset) }
        return isCurrent(ticket)
    }

    /// Whether any of these partitions is about to have something stored, for which it may be worth while to wait.
    func areAboutToStore(_ partitions: [TopicPartition]) -> Bool {
        state.withLock { state in partitions.contains { state.ledgers[$0]?.isAboutToStore == true } }
    }

    /// Without effect for a job of a partition that has gone: whoever has it now does the job anew.
    func finish(_ job: FinishedJob) { change(job.ticket) { $0.finish(job.ticket.record.offset, job) } }

    /// Gives a job up, and with it whatever comes behind it in its partition: the next owner begins there.
    func abandon(_ ticket: Ticket) { change(ticket) { $0.abandon(ticket.record.offset) } }

    /// Notes that a job begins or ceases to wait for something that all jobs of its partition may need.
    func stall(_ ticket: Ticket, _ stalls: Bool) { change(ticket) { $0.stalled += stalls ? 1 : -1 } }

    /// Changes the ledger that handed a ticket out, if it is there still.
    private func change(_ ticket: Ticket, _ body: (inout Ledger) -> Void) {
        state.withLock { state in
            guard var ledger = state.ledgers.removeValue(forKey: ticket.record.topicPartition) else { return }
            if ledger.epoch == ticket.epoch { body(&ledger) }
            state.ledgers[ledger.partition] = ledger
        }
    }

    /// The finished prefix of each partition, in order of partitions.
    func ready(limit: Int) -> [Ledger.Prefix] {
        state.withLock { $0.ledgers.values.compactMap { $0.finishedPrefix(limit: limit) } }
            .sorted { $0.partition < $1.partition }
    }

    func stored(_ prefix: Ledger.Prefix) { state.withLock { _ = $0.ledgers[prefix.partition]?.store(prefix) } }

    // MARK: - How things stand

    /// The partitions of which no more should be taken for now.
    var stalled: Set<TopicPartition> { state.withLock { Set($0.ledgers.filter { $0.value.stalled > 0 }.keys) } }
    /// The next offset of each partition that is not stored: what the database holds, and what Kafka is told.
    var storedOffsets: [TopicPartition: Int64] { state.withLock { $0.ledgers.mapValues(\.storedOffset) } }
    /// The claims in force, by their epochs.
    var epochs: [TopicPartition: Int64] { state.withLock { $0.ledgers.mapValues(\.epoch) } }
    /// Jobs that were taken and not yet stored.
    var outstanding: Int { state.withLock { $0.ledgers.values.reduce(0) { $0 + $1.outstandingCount } } }
    var outstandingBytes: Int { state.withLock { $0.outstandingBytes } }
    var isFull: Bool { outstandingBytes >= limit }
    /// Room enough to resume: some way below full, so that intake does not flutter.
    var hasDrained: Bool { outstandingBytes <= limit / 2 }
    var partitions: [TopicPartition] { state.withLock { $0.ledgers.keys.sorted() } }
    /// Of the claim in force.
    func epoch(of partition: TopicPartition) -> Int64? { state.withLock { $0.ledgers[partition]?.epoch } }
}
