import Kafka

/// A job on its way through the pipeline.
struct Ticket: Sendable {
    let record: KafkaRecord
    /// The assignment of its partition under which it was taken; a later one has nothing to do with it.
    let assignment: Int
    /// Of the claim under which it was taken.
    var epoch: Int64 = 0
    /// For a suspect, which was in flight when its worker vanished: how many vanished while it ran alone. Else nil.
    var crashes: Int?
}
