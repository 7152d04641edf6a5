/// One partition's step in a batch: everything below `next` has its outcome in the batch or in the tables.
public struct OffsetAdvance: Sendable, Hashable {
    public let partition: PartitionKey
    /// As the claim gave it.
    public let epoch: Int64
    /// What the table holds now; nil before the first step of a partition that nobody has worked on.
    public let expected: Int64?
    public let next: Int64
    /// The last record that the step is past, by which the log is known again; nil for a step over none, such as one over
    /// marks of transactions, which leaves the mark as it was.
    public let last: RecordMark?

    public init(partition: PartitionKey, epoch: Int64, expected: Int64?, next: Int64, last: RecordMark? = nil) {
        self.partition = partition
        self.epoch = epoch
        self.expected = expected
        self.next = next
        self.last = last
    }
}
