/// Everything there is to say of one analysis but its contents.
public struct AnalysisDetails: Sendable, Hashable {
    public let id: String
    /// Its latest name.
    public let name: String
    /// Every name it was registered under, the latest first.
    public let names: [String]
    /// ISO 8601, UTC.
    public let registeredAt: String
    /// What the id is computed from.
    public let canonicalJSON: String
    /// What the id would be without the model.
    public let settingDigest: String
    public let progress: AnalysisProgress
    public let submissions: Int
}
