import Inference

/// An image as a job names it.
public struct ImageReference: Sendable, Hashable {
    public var id: Identifier
    public var uri: String
    /// As it came: a class id, or a name.
    public var label: Identifier?
    /// What the job says the bytes hash to.
    public var sha256: String?
    public var group: Identifier?

    public init(id: Identifier, uri: String, label: Identifier? = nil, sha256: String? = nil, group: Identifier? = nil)
    {
        self.id = id
        self.uri = uri
        self.label = label
        self.sha256 = sha256
        self.group = group
    }

    /// The URI as it is stored: bytes that came inline are left out unless asked for.
    func storedURI(keepData: Bool) -> String {
        !keepData && uri.prefix(5).lowercased() == "data:" ? "data:" : uri
    }
}
