import Kafka

/// What a worker has of the queue at a moment.
struct QueueState {
    /// Jobs of each partition which the database does not hold yet; without those whose log's end is not known.
    let lags: [TopicPartition: Int64]
    /// Partitions that are this worker's.
    let assigned: Int
    /// How many of them are not read now.
    let paused: Int
    /// How many of those wait for an operator.
    let held: Int
    let jobsInFlight: Int
    let bytesInFlight: Int
}
