import Foundation
import Kafka
import Synchronization

/// The partitions that this worker reads: how far each is, who may write of it, and what is in flight.
///
/// Shared by the Kafka thread, which opens and drops ledgers, and the writer, which empties them.
final class Assignments: Sendable {
    /// What the writer may store of one partition.
    struct Ready: Sendable {
        let partition: TopicPartition
        let prefix: PartitionLedger<FinishedJob>.Prefix
        let epoch: Int64
        /// What the database holds; nil before the group's first offset.
        let expected: Int64?
    }

    private struct Claim {
        let epoch: Int64
        /// Whether the database holds an offset already.
        var isStored: Bool
        /// Crashes of each suspect, by its offset.
        let suspects: [Int64: Int]
        /// Jobs that wait for a model, or for the database to say which.
        var stalled = 0
    }

    private struct State {
        var tracker = OffsetTracker<FinishedJob>()
        var claims: [TopicPartition: Claim] = [:]
        var fenced: Set<TopicPartition> = []
    }

    private let state = Mutex(State())
    /// Bytes in flight at which intake pauses.
    let limit: Int

    /// - Parameter limit: bytes of jobs that were taken and not yet stored. Finished jobs that wait behind an unfinished
    ///   one count too, so a stuck job stops intake instead of growing memory.
    init(limit: Int) { self.limit = limit }

    /// Begins with a partition that was claimed in the database.
    ///
    /// - Parameters:
    ///   - start: the first offset that may come.
    ///   - isStored: whether `start` is what the database holds, or a choice for a group's first start.
    ///   - suspects: crashes of each job, by its offset, that was in flight when the former owner vanished.
    func assign(
        _ partition: TopicPartition, startingAt start: Int64, epoch: Int64, isStored: Bool, suspects: [Int64: Int] = [:]
    ) {
        state.withLock { state in
            state.tracker.assign(partition, startingAt: start)
            state.claims[partition] = Claim(epoch: epoch, isStored: isStored, suspects: suspects)
            state.fenced.remove(partition)
        }
    }

    func revoke(_ partition: TopicPartition) {
        state.withLock { state in
            state.tracker.revoke(partition)
            state.claims[partition] = nil
            state.fenced.remove(partition)
        }
    }

    /// Drops a partition of which the database says that somebody claimed it since `epoch`; without effect if that was
    /// this worker itself. ``takeFenced()`` tells of it.
    ///
    /// - Returns: whether it was dropped by this call.
    @discardableResult
    func fence(_ partition: TopicPartition, epoch: Int64) -> Bool {
        state.withLock { state in
            guard state.claims[partition]?.epoch == epoch else { return false }
            state.tracker.revoke(partition)
            state.claims[partition] = nil
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

    /// Takes a record in; nil for one to be dropped, because it came before or its partition isn't ours.
    func take(_ record: KafkaRecord, weight: Int) -> Ticket? {
        state.withLock { state in
            let place = record.topicPartition
            guard let ticket = state.tracker.handOut(place, offset: record.offset, bytes: weight),
                let claim = state.claims[place]
            else { return nil }
            return Ticket(
                record: record, assignment: ticket.assignment, epoch: claim.epoch,
                crashes: claim.suspects[record.offset])
        }
    }

    /// Whether work on a ticket can still count.
    func isCurrent(_ ticket: Ticket) -> Bool {
        state.withLock { $0.tracker[ticket.record.topicPartition]?.assignment == ticket.assignment }
    }

    func finish(_ job: FinishedJob) {
        // Without effect for a job of a partition that has gone: whoever has it now does the job anew.
        state.withLock { state in _ = state.tracker.finish(Self.place(of: job.ticket), job) }
    }

    /// Gives a job up, and with it whatever comes behind it in its partition: the next owner begins there.
    func abandon(_ ticket: Ticket) {
        state.withLock { state in state.tracker.abandon(Self.place(of: ticket)) }
    }

    private static func place(of ticket: Ticket) -> OffsetTracker<FinishedJob>.Ticket {
        OffsetTracker<FinishedJob>.Ticket(
            partition: ticket.record.topicPartition, assignment: ticket.assignment, offset: ticket.record.offset)
    }

    /// Notes that a job begins or ceases to wait for something that all jobs of its partition may need.
    func stall(_ ticket: Ticket, _ stalls: Bool) {
        state.withLock { state in
            let partition = ticket.record.topicPartition
            guard state.tracker[partition]?.assignment == ticket.assignment else { return }
            state.claims[partition]?.stalled += stalls ? 1 : -1
        }
    }

    /// The partitions of which no more should be taken for now.
    var stalled: Set<TopicPartition> { state.withLock { Set($0.claims.filter { $0.value.stalled > 0 }.keys) } }

    /// Of the claim in force.
    func epoch(of partition: TopicPartition) -> Int64? { state.withLock { $0.claims[partition]?.epoch } }

    /// The finished prefix of each partition, in order of partitions.
    func ready(limit: Int) -> [Ready] {
        state.withLock { state in
            state.tracker.finishedPrefixes(limit: limit).sorted { $0.key < $1.key }.compactMap { partition, prefix in
                state.claims[partition].map { claim in
                    Ready(
                        partition: partition, prefix: prefix, epoch: claim.epoch,
                        expected: claim.isStored ? prefix.expectedOffset : nil)
                }
            }
        }
    }

    func stored(_ ready: Ready) {
        state.withLock { state in
            if state.tracker.store(ready.prefix, of: ready.partition) {
                state.claims[ready.partition]?.isStored = true
            }
        }
    }

    /// What to commit to Kafka: of each partition the next offset, if the database holds one.
    var committable: [TopicPartition: Int64] {
        state.withLock { state in
            state.tracker.storedOffsets.filter { state.claims[$0.key]?.isStored == true }
        }
    }

    /// Jobs of these partitions that were taken and not yet stored.
    func outstanding(of partitions: [TopicPartition]) -> Int {
        state.withLock { state in
            partitions.reduce(0) { $0 + (state.tracker[$1]?.outstandingCount ?? 0) }
        }
    }

    /// The next offset of each partition that is not stored.
    var storedOffsets: [TopicPartition: Int64] { state.withLock { $0.tracker.storedOffsets } }
    var outstandingBytes: Int { state.withLock { $0.tracker.outstandingBytes } }
    var outstanding: Int { state.withLock { $0.tracker.outstandingCount } }
    var isFull: Bool { state.withLock { $0.tracker.outstandingBytes } >= limit }
    /// Room enough to resume: some way below full, so that intake does not flutter.
    var hasDrained: Bool { state.withLock { $0.tracker.outstandingBytes } <= limit / 2 }
    var partitions: [TopicPartition] { state.withLock { $0.claims.keys.sorted() } }
    func nextOffset(of partition: TopicPartition) -> Int64? { state.withLock { $0.tracker[partition]?.nextOffset } }
}
