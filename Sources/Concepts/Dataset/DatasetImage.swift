/// One image as the statistics of a dataset see it, under one part method. Classes and descriptors are indexes into the
/// ``Analysis``.
public struct DatasetImage: Sendable {
    public let label: Int?
    public let predicted: Int
    /// The class whose language list the vision concepts met.
    public let languageClass: Int
    /// Vision concepts, most relevant first.
    public let vision: [Int]
    public let released: Agreement.Dynamics
    public let membership: Agreement.Dynamics

    public init(
        label: Int?, predicted: Int, languageClass: Int, vision: [Int], released: Agreement.Dynamics,
        membership: Agreement.Dynamics
    ) {
        self.label = label
        self.predicted = predicted
        self.languageClass = languageClass
        self.vision = vision
        self.released = released
        self.membership = membership
    }
}
