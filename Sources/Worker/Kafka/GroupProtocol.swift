import CKafka
import Settings

/// Who shares out the partitions of a consumer group: its members (`classic`) or the brokers (`consumer`, of Kafka 4.0).
enum GroupProtocol {
    case classic, consumer

    /// The property that says which.
    static let property = "group.protocol"
    /// What the members of `classic` groups decide, and librdkafka refuses to be told of `consumer` groups.
    static let ofMembers = ["partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms"]
    /// What only a member of a group needs.
    static let properties = ofMembers + [property, "group.remote.assignor", "group.instance.id"]

    /// What the operator says, else what librdkafka does by itself.
    ///
    /// - Throws: ``KafkaError`` that names librdkafka's version, if that has no such choice.
    init(_ properties: [String: String]) throws(KafkaError) {
        var probe = KafkaProperties()
        if let value = properties[Self.property] {
            guard probe.value(of: Self.property) != nil else {
                // The only one that older libraries have.
                if value.lowercased() == "classic" {
                    self = .classic
                    return
                }
                throw KafkaError(
                    RD_KAFKA_RESP_ERR__INVALID_ARG,
                    "the Kafka property “\(Self.property)” can't be \(quoted(value)) with librdkafka \(KafkaLibrary.version), "
                        + "which has the classic protocol alone; leave it out, or run with librdkafka "
                        + "\(KafkaRelease.consumerProtocol) or newer")
            }
            try probe.set(Self.property, value)
        }
        self = probe.value(of: Self.property)?.lowercased() == "consumer" ? .consumer : .classic
        if self == .consumer, KafkaLibrary.release < .consumerProtocol {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG,
                "the Kafka property “\(Self.property)” can't be “consumer” with librdkafka \(KafkaLibrary.version), which speaks a "
                    + "trial version of that protocol; leave it out, or run with librdkafka "
                    + "\(KafkaRelease.consumerProtocol) or newer")
        }
    }

    /// What is said beside a fatal error that a second member of one `group.instance.id` brings about: of `classic` groups to the older
    /// one, of `consumer` groups to the newer.
    static func noteOnTwin(_ code: rd_kafka_resp_err_t) -> String {
        guard code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID || code.rawValue == unreleasedInstance else { return "" }
        return
            "; another worker of this group has the same group.instance.id: give each its own, such as its host's name"
    }

    /// `UNRELEASED_INSTANCE_ID`, which libraries before 2.4 have no name for.
    private static let unreleasedInstance: Int32 = 111
}
