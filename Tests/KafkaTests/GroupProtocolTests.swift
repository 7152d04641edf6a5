import CKafka
import Logging
import Testing

@testable import Kafka

@Suite struct GroupProtocolTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func configuration(_ properties: [String: String]) -> KafkaClientConfiguration {
        KafkaClientConfiguration(bootstrapServers: "127.0.0.1:1", properties: properties)
    }

    @Test func classicGroupsAreTheDefault() throws {
        #expect(try GroupProtocol([:]) == .classic)
        #expect(try GroupProtocol(["group.protocol": "Classic"]) == .classic)
    }

    /// Whichever library is at work: either it joins so, or the sentence names its version and the one that can.
    @Test func consumerGroupsNeedALibraryThatHasThem() throws {
        let asked = configuration([
            "group.protocol": "consumer", "group.instance.id": "one", "max.poll.interval.ms": "60000",
        ])
        guard KafkaLibrary.release < .consumerProtocol else {
            let consumer = try KafkaConsumer(asked, group: "g", logger: logger)
            #expect(consumer.close(within: .seconds(5)))
            // What members decide no longer is librdkafka's to refuse.
            let error = #expect(throws: KafkaError.self) {
                try KafkaConsumer(
                    configuration(["group.protocol": "consumer", "session.timeout.ms": "9000"]), group: "g",
                    logger: logger)
            }
            return #expect(error?.description.contains("session.timeout.ms") == true, "\(String(describing: error))")
        }
        let error = try #require(throws: KafkaError.self) { try KafkaConsumer(asked, group: "g", logger: logger) }
        for part in ["“group.protocol”", "“consumer”", KafkaLibrary.version, "2.12.0 or newer"] {
            #expect(error.description.contains(part), "\(part) in \(error)")
        }
        #expect(error.name == "_INVALID_ARG" && !error.description.contains("session.timeout"))
    }

    /// Also where a later library makes them the default.
    @Test func consumerGroupsAreToldNothingOfMembers() {
        let classic = KafkaConsumer.settings(of: .classic)
        let consumer = KafkaConsumer.settings(of: .consumer)
        let names = (classic.defaults + classic.fixed).map(\.0)
        #expect(GroupProtocol.ofMembers.allSatisfy(names.contains))
        #expect(names.filter { !GroupProtocol.ofMembers.contains($0) } == (consumer.defaults + consumer.fixed).map(\.0))
    }

    /// A client that is in no group takes what is said of groups, and does nothing with it.
    @Test func questionsAreAskedWhateverTheGroupIs() throws {
        for value in ["consumer", "classic"] {
            _ = try LogInquiry(
                configuration(["group.protocol": value, "group.instance.id": "one", "session.timeout.ms": "9000"]),
                logger: logger)
        }
    }

    @Test(arguments: [
        (RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, true), (rd_kafka_resp_err_t(rawValue: 111), true),
        (RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, false),
    ]) func twinsAreNamed(code: rd_kafka_resp_err_t, isTwin: Bool) {
        #expect(GroupProtocol.noteOnTwin(code).contains("group.instance.id") == isTwin)
    }
}
