import CKafka
import Logging

/// What librdkafka's callbacks find behind their opaque pointer. ``KafkaHandle`` keeps it alive until librdkafka's last
/// thread is gone.
///
/// `logger` is read on any thread of librdkafka and never changes. The closures are set, changed and called on the
/// client's own thread alone: librdkafka calls them only inside a poll, a flush or a close of that thread.
final class KafkaClientContext {
    let logger: Logger
    var onError: (KafkaError) -> Void = { _ in }
    var onRebalance: (rd_kafka_resp_err_t, [TopicPartition]) -> Void = { _, _ in }
    var onCommit: (rd_kafka_resp_err_t, [TopicPartitionList.Element]) -> Void = { _, _ in }
    var onStatistics: (KafkaStatistics) -> Void = { _ in }
    var onDelivery: (UnsafePointer<rd_kafka_message_t>) -> Void = { _ in }

    init(logger: Logger) { self.logger = logger }

    /// Lets go of whatever the closures hold.
    func detach() {
        onError = { _ in }
        onRebalance = { _, _ in }
        onCommit = { _, _ in }
        onStatistics = { _ in }
        onDelivery = { _ in }
    }
}
