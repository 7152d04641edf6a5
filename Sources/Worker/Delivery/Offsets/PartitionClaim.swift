import Kafka
import Persistence

/// A partition that was claimed in the database, ready to be read.
struct PartitionClaim: Sendable {
    let partition: TopicPartition
    let epoch: Int64
    /// The first record to be worked on.
    let start: Int64
    /// The record to be read before it, where there is one.
    let proof: RecordMark?
    /// Of each job, by its offset, that was in flight when the former owner vanished.
    let suspects: [Int64: Suspicion]
}
