/// What the queries of docs/sql.md are asked of.
public struct DocumentedNames: Sendable {
    public var analysis: String
    /// An analysis that its images were replayed under.
    public var replay: String
    public var image: String
    public var className: String

    public init(analysis: String, replay: String, image: String, className: String) {
        self.analysis = analysis
        self.replay = replay
        self.image = image
        self.className = className
    }
}
