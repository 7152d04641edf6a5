import Testing

@testable import Kafka

@Suite struct KafkaStatisticsTests {
    private func statistics(_ text: String) -> KafkaStatistics? {
        Array(text.utf8).withUnsafeBytes { KafkaStatistics(json: $0) }
    }

    /// A broker as librdkafka writes it, shortened.
    private static func broker(
        _ id: Int, _ state: String, at address: String = "b:1", source: String = "learned"
    ) -> String {
        #""\#(source) \#(id)": {"state": "\#(state)", "nodeid": \#(id), "nodename": "\#(address)", "source": "\#(source)"}"#
    }

    private static func document(_ brokers: String...) -> String {
        #"{"name": "c", "brokers": {\#(brokers.joined(separator: ", "))}}"#
    }

    @Test(arguments: [
        (document(), false),
        (document(broker(1, "DOWN"), broker(2, "TRY_CONNECT")), false),
        (document(broker(1, "DOWN"), broker(2, "UP")), true),
    ]) func oneBrokerIsEnough(text: String, isUp: Bool) throws {
        #expect(try #require(statistics(text)).hasBrokerUp == isUp)
    }

    /// Its address is another's business as long as it is connected, as is that of a broker with another number.
    @Test(arguments: [
        (broker(1, "TRY_CONNECT", at: "b:1", source: "logical"), false),
        (broker(1, "TRY_CONNECT", at: "b:2", source: "logical"), true),
        (broker(1, "UP", at: "b:2", source: "logical"), false),
        (broker(2, "TRY_CONNECT", at: "b:2", source: "logical"), false),
        (broker(-1, "INIT", at: "", source: "logical"), false),
    ]) func aCoordinatorThatHasMovedIsLost(coordinator: String, isLost: Bool) throws {
        let text = Self.document(Self.broker(1, "INIT", at: "b:1"), coordinator)
        #expect(try #require(statistics(text)).hasLostCoordinator == isLost)
    }

    @Test(arguments: ["", "[]", "{}", #"{"brokers": 1}"#]) func otherTextIsNone(text: String) {
        #expect(statistics(text) == nil)
    }
}
