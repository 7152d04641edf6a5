/// A line of the list of analyses.
public struct AnalysisEntry: Sendable, Hashable {
    public let id: String
    /// Its latest name.
    public let name: String
    public let progress: AnalysisProgress
}
