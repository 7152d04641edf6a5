import Foundation

/// The part of librdkafka's periodic statistics that is of use here.
package struct KafkaStatistics: Sendable {
    /// Whether a connection to a broker is up.
    package let hasBrokerUp: Bool
    /// Whether the consumer's group is at rest; true where there is none.
    package let isSteady: Bool

    /// Whether a producer has its number; false for a consumer.
    let hasProducerID: Bool

    private struct Document: Decodable {
        struct Broker: Decodable { let state: String }
        struct Group: Decodable { let join_state: String }
        struct Idempotence: Decodable { let idemp_state: String }
        let brokers: [String: Broker]
        let cgrp: Group?
        let eos: Idempotence?
    }

    /// - Parameter json: as librdkafka's STATISTICS.md describes it. nil when it is something else.
    init?(json: UnsafeRawBufferPointer) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(json)) else { return nil }
        hasProducerID = document.eos?.idemp_state == "Assigned"
        // UPDATE: up, and learning what a broker can do.
        isSteady = document.cgrp.map { $0.join_state == "steady" } ?? true
        hasBrokerUp = document.brokers.values.contains { ["UP", "UPDATE"].contains($0.state) }
    }
}
