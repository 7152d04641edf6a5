/// A line of the list of submissions.
public struct SubmissionEntry: Sendable, Hashable {
    public enum State: String, Sendable {
        /// Images are being announced or jobs produced; or whoever did that died.
        case unfinished
        /// The broker has every job.
        case sent
        case cancelled
        /// Some other producer's: how much of it there is nobody announced.
        case foreign
    }

    public let id: String
    public let analysisID: String
    /// The analysis's latest name.
    public let analysisName: String
    /// submit, replay or foreign.
    public let kind: String
    public let force: Bool
    public let replayedFrom: String?
    /// Images named in it.
    public let images: Int
    /// Those of them that it named last and that are not done and not failed.
    public let pending: Int
    public let jobs: Int
    /// Jobs that the broker has acknowledged.
    public let jobsProduced: Int
    /// ISO 8601, UTC.
    public let createdAt: String
    public let state: State
}
