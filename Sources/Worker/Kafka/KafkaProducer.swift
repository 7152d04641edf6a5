import CKafka
import Logging
import Threads

/// Sends messages so that none is lost, repeated or reordered by retries, and knows which arrived.
///
/// Every call is made from one thread, which also runs the delivery reports, inside ``send(to:key:value:headers:patience:)``
/// and ``flush(within:)``.
package final class KafkaProducer {
    /// The most bytes that key, value and headers of one message may take together, `message.max.bytes` less what the
    /// protocol adds. The broker's own limit may be lower; then the delivery fails as ``KafkaError/isTooLarge``.
    package let maximumMessageBytes: Int
    /// Messages that arrived since the producer was made.
    package private(set) var delivered = 0
    /// Messages that were sent and not yet reported on.
    private(set) var outstanding = 0

    let handle: KafkaHandle
    /// Hears of each message what became of it, with the tag that it was sent with; nil: it arrived.
    package var onReport: (_ tag: UInt, _ failure: KafkaError?) -> Void = { _, _ in }
    /// Why nothing can be sent any more: another producer has to take over.
    package private(set) var fatal: KafkaError?

    /// Whether brokers have given it the number by which they know its messages; only of one that tells its state.
    private(set) var hasID = false

    /// Whether it has failed to connect to a broker in the last minute or two.
    package var isTroubled: Bool { handle.context.troubles.summary() != nil }

    private var failures = 0
    private var firstFailure: KafkaError?

    /// - Parameters:
    ///   - oneByOne: sends each message by itself, so that a topic's limit is its own and no batch's. Slower.
    ///   - messageLimit: bytes of a message, and of a batch, as they are sent; nil: what is configured.
    ///   - tellsState: whether ``hasID`` follows what librdkafka knows.
    /// - Throws: ``KafkaError`` for a property that can't be used. No broker is contacted yet.
    package init(
        _ configuration: KafkaClientConfiguration, logger: Logger, oneByOne: Bool = false, messageLimit: Int? = nil,
        tellsState: Bool = false
    ) throws(KafkaError) {
        var properties = try configuration.makeProperties(defaults: Self.defaults, fixed: Self.fixed)
        if oneByOne { for (name, value) in Self.oneByOne { try properties.set(name, value) } }
        if let messageLimit { try properties.set("message.max.bytes", String(max(1000, messageLimit))) }
        if tellsState { try properties.set("statistics.interval.ms", "200") }
        let limit = properties.value(of: "message.max.bytes").flatMap { Int($0) } ?? 1_000_000
        maximumMessageBytes = max(0, limit - Self.overhead)
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, properties, logger: logger)
        // Unowned: librdkafka calls these only from calls that this object makes.
        handle.context.onDelivery = { [unowned self] in report($0) }
        handle.context.onStatistics = { [unowned self] in hasID = $0.hasProducerID }
        handle.context.onError = { [unowned self] error in
            handle.context.complain(error)
            if error.isFatal { fatal = error }
        }
    }

    /// Queues a message. The key decides the partition as the Java client does (murmur2); without key any.
    ///
    /// - Parameter patience: how long to wait for room when the queue is full.
    /// - Throws: ``KafkaError``: too large (names size and limit; permanent), queue full for longer than `patience`, or
    ///   the producer has failed for good. Failures of delivery come from ``flush(within:)``.
    package func send(
        to topic: String, key: [UInt8]? = nil, value: [UInt8]?, headers: [KafkaHeader] = [],
        tag: UInt = 0, patience: Duration = .seconds(60)
    ) throws(KafkaError) {
        let size = KafkaRecord(
            topicPartition: TopicPartition(topic: topic, partition: 0), offset: 0, key: key, value: value,
            headers: headers
        ).byteCount
        guard size <= maximumMessageBytes else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                "a message of \(size) bytes for “\(topic)” is over the limit of \(maximumMessageBytes) bytes")
        }
        let deadline = ContinuousClock.now + patience
        while true {
            if let fatal { throw fatal }
            guard
                let error = Self.produce(handle.pointer, to: topic, key: key, value: value, headers: headers, tag: tag)
            else { break }
            guard error.code == RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue, deadline.remaining > .zero else {
                let failure = kafkaFatalError(handle.pointer, orElse: error)
                if failure.isFatal { fatal = failure }
                throw failure
            }
            // Room comes with delivery reports.
            rd_kafka_poll(handle.pointer, min(.milliseconds(100), deadline.remaining).kafkaMilliseconds)
        }
        outstanding += 1
        rd_kafka_poll(handle.pointer, 0)
    }

    /// Hears delivery reports, for as long as there is none and `limit` lasts.
    package func poll(within limit: Duration) { rd_kafka_poll(handle.pointer, limit.kafkaMilliseconds) }

    /// Waits until every message sent so far is reported on.
    ///
    /// - Throws: ``KafkaError``: some were not delivered (says how many, and the first reason; counted from the flush
    ///   before), or the deadline passed with messages still under way, which may yet arrive.
    package func flush(within limit: Duration) throws(KafkaError) {
        let code = rd_kafka_flush(handle.pointer, limit.kafkaMilliseconds)
        defer { (failures, firstFailure) = (0, nil) }
        if let first = firstFailure {
            throw KafkaError(
                code: first.code, "\(failures) messages were not delivered, the first because: \(first.context)",
                isFatal: first.isFatal || fatal != nil, partition: first.partition)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(code, "\(outstanding) messages are still under way after \(limit)")
        }
    }

    /// The number of partitions of a topic. Asks the broker.
    package func partitionCount(of topic: String, within limit: Duration) throws(KafkaError) -> Int {
        try handle.partitionCount(of: topic, within: limit)
    }

    /// Drops what wasn't delivered and frees the client; ``flush(within:)`` first.
    ///
    /// - Returns: whether that ended in time.
    @discardableResult
    package func close(within limit: Duration) -> Bool {
        rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        return handle.destroy(within: limit)
    }

    private func report(_ message: UnsafePointer<rd_kafka_message_t>) {
        outstanding -= 1
        guard message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR else {
            delivered += 1
            onReport(UInt(entente_kafka_tag(message)), nil)
            return
        }
        failures += 1
        let place = KafkaConsumer.place(of: message)
        let reason = String(cString: rd_kafka_err2str(message.pointee.err))
        let size = message.pointee.len + message.pointee.key_len
        let failure = kafkaFatalError(
            handle.pointer,
            orElse: KafkaError(
                message.pointee.err, "\(reason) (a message of \(size) bytes for “\(place.topic)”)",
                partition: place.partition < 0 ? nil : place))
        if firstFailure == nil { firstFailure = failure }
        if failure.isFatal { fatal = failure }
        onReport(UInt(entente_kafka_tag(message)), failure)
    }
}
