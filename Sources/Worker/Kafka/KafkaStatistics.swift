import Foundation

/// The part of librdkafka's periodic statistics that is of use here.
package struct KafkaStatistics: Sendable {
    /// Whether a connection to a broker is up.
    package let hasBrokerUp: Bool
    /// Whether the consumer's group is at rest; true where there is none.
    package let isSteady: Bool

    /// Whether the group's coordinator is sought in vain where it was, though its broker is known to be elsewhere by now: librdkafka
    /// 2.0.2 keeps its address for as long as its number stays.
    package let hasLostCoordinator: Bool

    /// Whether a producer has its number; false for a consumer.
    let hasProducerID: Bool

    private struct Document: Decodable {
        struct Broker: Decodable {
            let state: String
            let nodeid: Int
            /// `host:port`; empty where there is none yet.
            let nodename: String
            /// `configured`, `learned`, or `logical`: the coordinator's own connection.
            let source: String

            // UPDATE: up, and learning what a broker can do.
            var isUp: Bool { ["UP", "UPDATE"].contains(state) }
        }
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
        isSteady = document.cgrp.map { $0.join_state == "steady" } ?? true
        hasBrokerUp = document.brokers.values.contains { $0.isUp }
        hasLostCoordinator = document.brokers.values.contains { sought in
            sought.source == "logical" && !sought.isUp && !sought.nodename.isEmpty
                && document.brokers.values.contains {
                    $0.source == "learned" && $0.nodeid == sought.nodeid && $0.nodename != sought.nodename
                }
        }
    }
}
