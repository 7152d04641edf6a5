/// A message with something in it that can never succeed, as it came.
public struct DeadLetter: Sendable, Hashable {
    public struct Header: Sendable, Hashable {
        public let name: [UInt8]
        public let value: [UInt8]?
        public init(name: [UInt8], value: [UInt8]?) {
            self.name = name
            self.value = value
        }
    }

    public var source: MessageSource
    /// Milliseconds since 1970.
    public var timestamp: Int64?
    public var key: [UInt8]?
    /// nil for a tombstone.
    public var value: [UInt8]?
    public var headers: [Header]
    /// One sentence.
    public var reason: String

    public init(
        source: MessageSource, timestamp: Int64? = nil, key: [UInt8]?, value: [UInt8]?, headers: [Header] = [],
        reason: String
    ) {
        self.source = source
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
        self.reason = reason
    }

    /// The same however often it is published.
    public var id: String { source.description }
}
