import Inference

/// What the tables hold of an image that a job or a submission names.
public struct StandingImage: Sendable, Hashable {
    public enum State: String, Sendable { case pending, done, failed }

    /// nil: the analysis knows no such image.
    public var state: State?
    /// Whether a result is in that would stay as it is.
    public var result: StandingResult
    /// As it came: a class id, or a name.
    public var label: Identifier?
    /// Place among the analysis's classes of the label that the result in place was computed for; nil without either.
    public var labelIndex: Int?
    /// Of the bytes that were analysed, else as announced.
    public var sha256: String?
    /// Whether its URI is another one than was asked for.
    public var isElsewhere: Bool
    /// Whether a later submission named it than the one that was asked for.
    public var isLater: Bool

    public init(
        state: State? = nil, result: StandingResult = .missing, label: Identifier? = nil, labelIndex: Int? = nil,
        sha256: String? = nil, isElsewhere: Bool = false, isLater: Bool = false
    ) {
        self.state = state
        self.result = result
        self.label = label
        self.labelIndex = labelIndex
        self.sha256 = sha256
        self.isElsewhere = isElsewhere
        self.isLater = isLater
    }
}
