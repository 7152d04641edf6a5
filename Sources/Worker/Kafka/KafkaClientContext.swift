import CKafka
import Logging
import Synchronization

/// What librdkafka's callbacks find behind their opaque pointer. ``KafkaHandle`` keeps it alive until librdkafka's last
/// thread is gone.
///
/// `logger` and `troubles` are used on any thread of librdkafka and never change. The closures are set, changed and called on the
/// client's own thread alone: librdkafka calls them only inside a poll, a flush or a close of that thread.
final class KafkaClientContext {
    let logger: Logger
    let troubles: BrokerTroubles
    private let said = Mutex(RepeatedLines())
    var onError: (KafkaError) -> Void = { _ in }
    var onRebalance: (rd_kafka_resp_err_t, [TopicPartition]) -> Void = { _, _ in }
    var onCommit: (rd_kafka_resp_err_t, [TopicPartitionList.Element]) -> Void = { _, _ in }
    var onStatistics: (KafkaStatistics) -> Void = { _ in }
    var onDelivery: (UnsafePointer<rd_kafka_message_t>) -> Void = { _ in }
    /// Hears for how long a broker held up an answer by a quota.
    var onThrottle: (Duration) -> Void = { _ in }
    private var quota = QuotaNotice()

    init(logger: Logger, troubles: BrokerTroubles) {
        self.logger = logger
        self.troubles = troubles
    }

    /// Logs what may come many times a second: once a minute, with the number of times. Any thread may.
    func say(_ level: Logger.Level, _ message: Logger.Message, of text: String, _ metadata: Logger.Metadata) {
        guard let count = said.withLock({ $0.admit(text, at: .now) }) else { return }
        var metadata = metadata
        if count > 1 { metadata["repeated"] = "\(count)" }
        logger.log(level: level, message, metadata: metadata)
    }

    /// Logs a trouble, as ``say(_:_:of:_:)`` does.
    func complain(_ error: KafkaError) {
        var metadata: Logger.Metadata = ["error": "\(error)", "kafka.error": "\(error.name)"]
        if let place = error.partition {
            metadata["kafka.topic"] = "\(place.topic)"
            metadata["kafka.partition"] = "\(place.partition)"
        }
        say(error.isFatal ? .critical : .warning, "trouble with Kafka", of: "\(error)", metadata)
    }

    /// Lets go of whatever the closures hold.
    func detach() {
        onError = { _ in }
        onRebalance = { _, _ in }
        onCommit = { _, _ in }
        onStatistics = { _ in }
        onDelivery = { _ in }
        onThrottle = { _ in }
    }

    /// A broker held up an answer by a quota; on the client's thread.
    func throttled(by broker: String, for delay: Duration) {
        onThrottle(delay)
        guard let heldUp = quota.add(delay, at: .now) else { return }
        logger.warning(
            "brokers hold up answers by a quota, which makes everything slow; have the quota of this user or client.id raised",
            metadata: ["kafka.broker": "\(broker)", "kafka.held_up_seconds": "\(heldUp / .seconds(1))"])
    }
}
