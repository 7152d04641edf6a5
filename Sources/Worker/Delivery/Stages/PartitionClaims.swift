import Foundation
import Kafka
import Persistence

/// Claims partitions in the database, which is the truth about offsets. Belongs to the Kafka thread.
package final class PartitionClaims {
    private let connection: Connection
    private let group: String
    private let owner: String
    private let first: FirstStart

    /// Where a group that has no offset of a partition yet begins.
    package enum FirstStart: String, CaseIterable, Sendable { case earliest, latest }

    struct Claim {
        let epoch: Int64
        /// What the database holds.
        let stored: Int64?
        /// Where to read from; nil if the stored offset is not in the log.
        let start: Int64?
        /// Crashes of each job, by its offset, that was in flight when the former owner vanished.
        let suspects: [Int64: Int]
    }

    init(connection: Connection, group: String, owner: String, first: FirstStart) {
        self.connection = connection
        self.group = group
        self.owner = owner
        self.first = first
    }

    /// - Parameter log: the offsets that the broker has, the upper bound being that of the next record.
    /// - Throws: `PersistenceError` if the database can't be asked now.
    func claim(_ partition: TopicPartition, log: Range<Int64>) throws -> Claim {
        let key = PartitionKey(partition, of: group)
        let position = try OffsetLedger(connection).claim(key, owner: owner)
        let suspects = try InFlightStore(connection).suspects(of: key)
        let stored = position.nextOffset
        let start: Int64?
        if let stored {
            start = (log.lowerBound...log.upperBound).contains(stored) ? stored : nil
        } else {
            start = firstOffset(in: log)
        }
        return Claim(
            epoch: position.epoch, stored: stored, start: start,
            suspects: Dictionary(uniqueKeysWithValues: suspects.map { ($0.offset, $0.crashes) }))
    }

    /// Says that a partition is let go in order, so that whoever is next does not suspect its jobs. Not worth a new
    /// connection, for which the group would have to wait.
    func release(_ partition: TopicPartition, epoch: Int64) throws {
        guard connection.isConnected else { return }
        try InFlightStore(connection).release(PartitionKey(partition, of: group), epoch: epoch)
    }

    /// Whether the database holds the outcome of everything in a partition's log, whoever put it there.
    func isDone(_ partition: TopicPartition, log: Range<Int64>) throws -> Bool {
        let stored = try OffsetLedger(connection).position(PartitionKey(partition, of: group))?.nextOffset
        return (stored ?? firstOffset(in: log)) >= log.upperBound
    }

    private func firstOffset(in log: Range<Int64>) -> Int64 {
        first == .earliest ? log.lowerBound : log.upperBound
    }
}
