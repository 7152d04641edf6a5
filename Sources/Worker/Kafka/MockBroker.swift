import CKafka
import Logging
import Processes
import Threads

/// librdkafka's in-process cluster: real brokers on loopback ports that speak the real protocol, with an empty memory
/// each time. For `demo`, `broker` and tests; what it can't do (transactions, admin, more than 5 MiB a partition) is
/// librdkafka's to say.
///
/// Unchecked because its pointer is immutable and the mock's functions lock the cluster or hand over to its own thread;
/// only ``close()`` must come last, which the owner sees to.
package final class MockBroker: @unchecked Sendable {
    /// `127.0.0.1:port`, comma-separated, one per broker.
    package let bootstrapServers: String
    private let handle: KafkaHandle
    let cluster: OpaquePointer
    private var isClosed = false

    /// - Throws: ``KafkaError`` for a number of brokers or a topic that can't be.
    package init(topics: [MockTopic], brokers: Int = 1, logger: Logger) throws(KafkaError) {
        guard (1...100).contains(brokers) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, "\(brokers) brokers can't be had; give 1 to 100")
        }
        let handle = try KafkaHandle(RD_KAFKA_PRODUCER, KafkaProperties(), logger: logger)
        self.handle = handle
        // A child that inherited its listening sockets would keep their ports: taking a broker down would end the process.
        guard
            let cluster = ChildProcess.whileNoneStarts({ rd_kafka_mock_cluster_new(handle.pointer, Int32(brokers)) }),
            let servers = rd_kafka_mock_cluster_bootstraps(cluster)
        else { throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, "the in-process broker can't listen on a loopback port") }
        self.cluster = cluster
        bootstrapServers = String(cString: servers)
        for topic in topics {
            let code = rd_kafka_mock_topic_create(
                cluster, topic.name, Int32(topic.partitions), Int32(min(3, brokers)))
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                close()
                throw KafkaError(code, "can't create the topic “\(topic.name)” with \(topic.partitions) partitions")
            }
        }
    }

    deinit { close() }

    /// Ends all connections and frees the ports.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        rd_kafka_mock_cluster_destroy(cluster)
        handle.destroy(within: .seconds(5))
    }

    /// Lets the next requests of a kind fail, one error each; `_TRANSPORT` drops the connection instead.
    package func fail(_ request: Request, with errors: [KafkaErrorCode]) {
        rd_kafka_mock_push_request_errors_array(
            cluster, request.rawValue, errors.count, errors.map(\.rawValue))
    }

    /// Takes back what ``fail(_:with:)`` has left of a kind.
    package func clearFailures(of request: Request) { rd_kafka_mock_clear_request_errors(cluster, request.rawValue) }

    /// Drops a broker's connections and refuses new ones; its log stays.
    ///
    /// - Parameter broker: counted from 1; `nil` is all of them.
    package func takeDown(_ broker: Int32? = nil) throws(KafkaError) {
        // It listens anew at once, on the same port.
        let code = ChildProcess.whileNoneStarts { rd_kafka_mock_broker_set_down(cluster, broker ?? -1) }
        try check(code, "can't take down broker")
    }

    /// Lets a broker accept connections again, on the port it had.
    package func bringUp(_ broker: Int32? = nil) throws(KafkaError) {
        try check(rd_kafka_mock_broker_set_up(cluster, broker ?? -1), "can't bring up broker")
    }

    /// Delays every answer.
    package func setRoundTrip(_ time: Duration, broker: Int32? = nil) throws(KafkaError) {
        try check(
            rd_kafka_mock_broker_set_rtt(cluster, broker ?? -1, time.kafkaMilliseconds), "can't delay broker")
    }

    private func check(_ code: rd_kafka_resp_err_t, _ doing: String) throws(KafkaError) {
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, doing) }
    }

    /// Kinds of requests, by the protocol's numbers.
    package enum Request: Int16, CaseIterable {
        case produce = 0
        case fetch = 1
        case listOffsets = 2
        case metadata = 3
        case offsetCommit = 8
        case offsetFetch = 9
        case findCoordinator = 10
        case joinGroup = 11
        case heartbeat = 12
        case leaveGroup = 13
        case syncGroup = 14
        case initProducerId = 22

        /// As the protocol writes it, such as `JoinGroup`.
        package var name: String {
            let word = "\(self)"
            return word.prefix(1).uppercased() + word.dropFirst()
        }

        package init?(named name: String) {
            guard let request = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = request
        }
    }
}
