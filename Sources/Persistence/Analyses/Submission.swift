import Inference

/// One `submit` or `replay` while it is being recorded.
public struct Submission: Sendable, Hashable {
    public enum Kind: String, Sendable { case submit, replay }

    public let id: Identifier
    public let analysisID: String
    public let force: Bool
}
