import Kafka

/// A job on its way through the pipeline.
struct Ticket: Sendable {
    let record: KafkaRecord
    /// Of the claim under which it was taken; a later one has nothing to do with it.
    let epoch: Int64
    /// For a job that was in flight when its worker vanished; else nil.
    var suspicion: Suspicion?
}
