import CKafka
import Foundation
import Logging
import Threads

@testable import Kafka

/// A producer of transactions, which ours is not. Belongs to one thread.
package final class TransactionalProducer {
    private let handle: KafkaHandle

    package init(_ configuration: KafkaClientConfiguration, id: String = "transactional") throws {
        handle = try KafkaHandle(
            RD_KAFKA_PRODUCER,
            configuration.makeProperties(
                defaults: [("transaction.timeout.ms", "60000")], fixed: [("transactional.id", id)]),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try check(rd_kafka_init_transactions(handle.pointer, 30_000))
    }

    package func begin() throws { try check(rd_kafka_begin_transaction(handle.pointer)) }
    package func commit() throws { try check(rd_kafka_commit_transaction(handle.pointer, 30_000)) }
    package func abort() throws { try check(rd_kafka_abort_transaction(handle.pointer, 30_000)) }

    /// Puts a record on a partition, and waits until the broker has it.
    package func send(to place: TopicPartition, _ value: String) throws {
        guard let topic = rd_kafka_topic_new(handle.pointer, place.topic, nil) else {
            throw KafkaError(rd_kafka_last_error(), "no topic")
        }
        defer { rd_kafka_topic_destroy(topic) }
        var bytes = Array(value.utf8)
        let code = bytes.withUnsafeMutableBytes {
            // RD_KAFKA_MSG_F_COPY
            rd_kafka_produce(topic, place.partition, 2, $0.baseAddress, $0.count, nil, 0, nil)
        }
        guard code == 0 else { throw KafkaError(rd_kafka_last_error(), "not produced") }
        let flushed = rd_kafka_flush(handle.pointer, 30_000)
        guard flushed == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(flushed, "not flushed") }
    }

    private func check(_ error: OpaquePointer?) throws {
        if let error { throw KafkaError(consuming: error, "transaction") }
    }
}
