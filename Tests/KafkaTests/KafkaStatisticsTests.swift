import Testing

@testable import Kafka

@Suite struct KafkaStatisticsTests {
    private func statistics(_ text: String) -> KafkaStatistics? {
        Array(text.utf8).withUnsafeBytes { KafkaStatistics(json: $0) }
    }

    @Test(arguments: [
        (#"{"brokers": {}}"#, false),
        (#"{"brokers": {"a:1/1": {"state": "DOWN"}, "b:1/2": {"state": "TRY_CONNECT"}}}"#, false),
        (#"{"name": "c", "brokers": {"a:1/1": {"state": "DOWN"}, "b:1/2": {"nodeid": 2, "state": "UP"}}}"#, true),
    ]) func oneBrokerIsEnough(text: String, isUp: Bool) throws {
        #expect(try #require(statistics(text)).hasBrokerUp == isUp)
    }

    @Test(arguments: ["", "[]", "{}", #"{"brokers": 1}"#]) func otherTextIsNone(text: String) {
        #expect(statistics(text) == nil)
    }
}
