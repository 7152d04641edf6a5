/// A job on its way through the pipeline.
struct Ticket: Sendable {
    let record: KafkaRecord
    /// The assignment of its partition under which it was taken; a later one has nothing to do with it.
    let assignment: Int
}
