import Foundation
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
    }

    private struct State {
        var tracker = OffsetTracker<FinishedJob>()
        var claims: [TopicPartition: Claim] = [:]
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
    func assign(_ partition: TopicPartition, startingAt start: Int64, epoch: Int64, isStored: Bool) {
        state.withLock { state in
            state.tracker.assign(partition, startingAt: start)
            state.claims[partition] = Claim(epoch: epoch, isStored: isStored)
        }
    }

    func revoke(_ partition: TopicPartition) {
        state.withLock { state in
            state.tracker.revoke(partition)
            state.claims[partition] = nil
        }
    }

    /// Takes a record in; nil for one to be dropped, because it came before or its partition isn't ours.
    func take(_ record: KafkaRecord, weight: Int) -> Ticket? {
        state.withLock { state in
            state.tracker.handOut(record.topicPartition, offset: record.offset, bytes: weight)
        }.map { Ticket(record: record, assignment: $0.assignment) }
    }

    /// Whether work on a ticket can still count.
    func isCurrent(_ ticket: Ticket) -> Bool {
        state.withLock { $0.tracker[ticket.record.topicPartition]?.assignment == ticket.assignment }
    }

    func finish(_ job: FinishedJob) {
        let record = job.ticket.record
        let place = OffsetTracker<FinishedJob>.Ticket(
            partition: record.topicPartition, assignment: job.ticket.assignment, offset: record.offset)
        // Without effect for a job of a partition that has gone: whoever has it now does the job anew.
        state.withLock { state in _ = state.tracker.finish(place, job) }
    }

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

    var outstanding: Int { state.withLock { $0.tracker.outstandingCount } }
    var isFull: Bool { state.withLock { $0.tracker.outstandingBytes } >= limit }
    /// Room enough to resume: some way below full, so that intake does not flutter.
    var hasDrained: Bool { state.withLock { $0.tracker.outstandingBytes } <= limit / 2 }
    var partitions: [TopicPartition] { state.withLock { $0.claims.keys.sorted() } }
    func nextOffset(of partition: TopicPartition) -> Int64? { state.withLock { $0.tracker[partition]?.nextOffset } }
}
