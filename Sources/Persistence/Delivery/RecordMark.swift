/// One record of a log, by which the log is known again.
public struct RecordMark: Sendable, Hashable {
    public let offset: Int64
    /// SHA-256 of what the record holds; 32 bytes.
    public let digest: [UInt8]

    public init(offset: Int64, digest: [UInt8]) {
        self.offset = offset
        self.digest = digest
    }
}
