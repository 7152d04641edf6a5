/// A release of librdkafka.
struct KafkaRelease: Comparable, CustomStringConvertible {
    let major: UInt8
    let minor: UInt8
    let patch: UInt8

    /// From here on the `consumer` protocol of groups is meant for production; earlier ones speak drafts of it.
    static let consumerProtocol = Self(major: 2, minor: 12, patch: 0)
    /// From here on SCRAM says the client's nonce once. Brokers of Kafka 4 refuse it twice, as if the password were wrong.
    static let scramNonce = Self(major: 2, minor: 6, patch: 1)

    init(major: UInt8, minor: UInt8, patch: UInt8) { (self.major, self.minor, self.patch) = (major, minor, patch) }

    /// - Parameter number: a byte each of major, minor and patch, and one that says how final it is.
    init(number: Int32) {
        let bytes = UInt32(bitPattern: number)
        self.init(
            major: UInt8(truncatingIfNeeded: bytes >> 24), minor: UInt8(truncatingIfNeeded: bytes >> 16),
            patch: UInt8(truncatingIfNeeded: bytes >> 8))
    }

    var description: String { "\(major).\(minor).\(patch)" }

    static func < (one: Self, other: Self) -> Bool {
        (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
    }
}
