/// Which data source a panel or variable asks.
public struct DataSource: Decodable, Sendable, Hashable {
    public let type: String
    public let uid: String

    public init(type: String, uid: String) {
        self.type = type
        self.uid = uid
    }
}
