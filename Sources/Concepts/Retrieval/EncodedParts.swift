/// One part grouping of an image together with the embeddings of its prompted pictures.
public struct EncodedParts: Sendable, Equatable {
    public let grouping: PartGrouping
    /// One a prompted part, ascending.
    public let prompted: [PromptedPartEmbeddings]

    public init(grouping: PartGrouping, prompted: [PromptedPartEmbeddings]) {
        precondition(
            zip(prompted, prompted.dropFirst()).allSatisfy { $0.part < $1.part },
            "prompted parts out of order: \(prompted.map(\.part))")
        self.grouping = grouping
        self.prompted = prompted
    }
}
