import CKafka
import Logging
import Threads

/// A member of a consumer group that reads one topic, shares its partitions cooperatively and commits nothing by itself.
///
/// **Thread.** Every call, including `init` and ``close(within:)``, is made from one thread, the Kafka thread, and every
/// closure runs on it, inside ``poll(timeout:)`` or ``close(within:)``. That thread has to poll at least every
/// `max.poll.interval.ms`, whatever else is slow; a consumer that is to take nothing polls on with its partitions paused.
///
/// **Owned and started.** A rebalance gives this member partitions to own. Reading starts where `onAssign` says.
/// A partition that it leaves out, or all of them when it throws (the database is away), stays owned but is not read:
/// it waits in ``waiting`` until the Kafka thread calls ``start(_:)``. So an assignment is never lost and the group
/// never waits for a database. Nothing is fetched for a waiting partition, so there is nothing to seek away from.
///
/// Being owner is no proof: a stalled process learns of a revocation only when it polls again, after the next owner has
/// begun. What is written has to be fenced where it is written.
package final class KafkaConsumer {
    /// Says where to start each newly owned partition; those left out wait.
    package typealias AssignHandler = ([TopicPartition]) throws -> [TopicPartition: StartOffset]
    /// The partitions still belong to this member while it runs, unless they were lost: then others may own them
    /// already, and neither commit nor drain makes sense. (That they aren't lost is no proof; see above.)
    package typealias RevokeHandler = (_ partitions: [TopicPartition], _ lost: Bool) -> Void
    /// The outcome of one ``commit(_:)``.
    package typealias CommitHandler = (_ offsets: [TopicPartition: Int64], _ error: KafkaError?) -> Void

    let handle: KafkaHandle
    let logger: Logger
    var onAssign: AssignHandler = { _ in [:] }
    var onRevoke: RevokeHandler = { _, _ in }
    /// Failed commits are logged as well.
    package var onCommit: CommitHandler = { _, _ in }
    /// The end of what can be read of a partition now: nothing below this offset is yet to come.
    package var onEnd: (TopicPartition, Int64) -> Void = { _, _ in }
    /// Troubles of the connection, which mend themselves; logged as well.
    package var onError: (KafkaError) -> Void = { _ in }
    package var onStatistics: (KafkaStatistics) -> Void = { _ in }
    /// A broker held up an answer for so long by a quota; logged as well.
    package var onThrottle: (Duration) -> Void = { _ in }

    /// What the group has given to this member.
    package var owned: Set<TopicPartition> = []
    /// Those of ``owned`` that are being read, paused or not.
    package var started: Set<TopicPartition> = []
    /// Those of ``started`` that are paused one by one.
    package var paused: Set<TopicPartition> = []
    /// Every started partition is paused, and so is each that starts from now on.
    package var isHeld = false
    /// What went wrong inside a callback, for the poll around it to throw.
    var callbackFailure: KafkaError?
    /// What it owned when it had not polled for longer than the group allows: others may own these by now.
    var doubtful: Set<TopicPartition> = []
    private let maximumPollInterval: Duration
    private var lastPoll = ContinuousClock.now
    /// Whether the group has given this member an assignment, be it an empty one.
    var hasBeenAssigned = false
    private var isClosed = false

    /// Those of ``owned`` that still lack a place to start from.
    package var waiting: Set<TopicPartition> { owned.subtracting(started) }

    /// Why brokers can't be had, as far as that was told in the last minute or two; nil if nothing was. Any thread may ask.
    package var trouble: String? { handle.context.troubles.summary()?.context }

    /// - Throws: ``KafkaError`` for a property that can't be used. No broker is contacted yet.
    package init(_ configuration: KafkaClientConfiguration, group: String, logger: Logger) throws(KafkaError) {
        let settings = Self.settings(of: try GroupProtocol(configuration.properties))
        let properties = try configuration.makeProperties(
            defaults: settings.defaults, fixed: settings.fixed + [("group.id", group)])
        maximumPollInterval = .milliseconds(properties.value(of: "max.poll.interval.ms").flatMap { Int($0) } ?? 300_000)
        handle = try KafkaHandle(RD_KAFKA_CONSUMER, properties, logger: logger)
        self.logger = logger
        // Errors and statistics come through the consumer's queue as well: one poll serves all.
        rd_kafka_poll_set_consumer(handle.pointer)
        // Unowned: librdkafka calls these only from calls that this object makes.
        handle.context.onRebalance = { [unowned self] in rebalance($0, $1) }
        handle.context.onCommit = { [unowned self] in committed($0, $1) }
        handle.context.onStatistics = { [unowned self] in onStatistics($0) }
        handle.context.onThrottle = { [unowned self] in onThrottle($0) }
        handle.context.onError = { [unowned self] error in
            log(error)
            onError(error)
            if error.isFatal { callbackFailure = error }
        }
    }

    /// Joins the group for one topic; the assignment comes during later polls.
    package func subscribe(
        to topic: String, onAssign: @escaping AssignHandler, onRevoke: @escaping RevokeHandler
    ) throws(KafkaError) {
        self.onAssign = onAssign
        self.onRevoke = onRevoke
        lastPoll = .now
        let list = TopicPartitionList([
            TopicPartition(topic: topic, partition: entente_kafka_partition_unassigned)
        ])
        let code = list.withPointer { rd_kafka_subscribe(handle.pointer, $0) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(code, "can't subscribe to the topic “\(topic)”")
        }
    }

    /// The next record, or `nil` when none came in time. Serves rebalances, commit outcomes and errors on the way.
    ///
    /// - Throws: ``KafkaError``. Unless ``KafkaError/isFatal`` polling goes on after it. ``KafkaError/isOutOfRange``
    ///   names partition and offset of a place that the log doesn't have; that partition is silent until it is stopped
    ///   and started elsewhere.
    package func poll(timeout: Duration) throws(KafkaError) -> KafkaRecord? {
        guard !isClosed else { throw KafkaError(RD_KAFKA_RESP_ERR__STATE, "the Kafka consumer is closed") }
        if lastPoll.duration(to: .now) > maximumPollInterval { doubtful = owned }
        defer { lastPoll = .now }
        let deadline = ContinuousClock.now + timeout
        while true {
            // Never rd_kafka_consume_batch: in 2.0.2 it loses and repeats records around pause and rebalance.
            let message = rd_kafka_consumer_poll(handle.pointer, deadline.remaining.kafkaMilliseconds)
            defer { if let message { rd_kafka_message_destroy(message) } }
            if let failure = callbackFailure {
                callbackFailure = nil
                // The partition of a record that came along is read again after a restart; fatal errors need one.
                if failure.isFatal || message == nil { throw failure }
                log(failure)
            }
            guard let message else { return nil }
            let place = Self.place(of: message)
            if message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
                if started.contains(place) { onEnd(place, message.pointee.offset) }
                if deadline.remaining == .zero { return nil }
                continue
            }
            guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { throw error(of: message, at: place) }
            // What was already on its way when the partition was stopped.
            if started.contains(place) { return KafkaRecord(message, at: place) }
            if deadline.remaining == .zero { return nil }
        }
    }

    /// Starts reading partitions that wait.
    ///
    /// - Throws: ``KafkaError``; they wait on.
    package func start(_ places: [TopicPartition: StartOffset]) throws(KafkaError) {
        for (partition, offset) in places {
            guard waiting.contains(partition) else {
                throw KafkaError(
                    RD_KAFKA_RESP_ERR__STATE, "\(partition) isn't waiting for a place to start from",
                    partition: partition)
            }
            guard offset.isValid else { throw Self.invalid(offset, of: partition) }
        }
        try begin(places)
    }

    /// Stops reading a partition, which stays owned and waits for ``start(_:)``: after a fenced write, or an offset
    /// out of range. No record of it is returned after this call.
    package func stop(_ partition: TopicPartition) throws(KafkaError) {
        guard started.contains(partition) else { return }
        // A pause makes everything prefetched void before it returns. Unassignment has not been seen to do less, but
        // doesn't promise it, and one stale record after a restart would look like a gap in the log.
        try pauseInLibrary([partition])
        try end([partition])
    }

    /// Leaves the group after a last `onRevoke`, and frees the client.
    ///
    /// - Returns: whether all of it ended in time. If not, librdkafka hangs (2.0.2 can) and only the end of the process
    ///   frees it: the group notices after `session.timeout.ms`.
    @discardableResult
    package func close(within limit: Duration) -> Bool {
        guard !isClosed else { return true }
        let deadline = ContinuousClock.now + limit
        if let queue = rd_kafka_queue_get_consumer(handle.pointer) {
            if let error = rd_kafka_consumer_close_queue(handle.pointer, queue) {
                log(KafkaError(consuming: error, "can't leave the consumer group in order"))
            } else {
                while rd_kafka_consumer_closed(handle.pointer) == 0, deadline.remaining > .zero {
                    let message = rd_kafka_consumer_poll(
                        handle.pointer, min(.milliseconds(50), deadline.remaining).kafkaMilliseconds)
                    if let message { rd_kafka_message_destroy(message) }
                }
            }
            rd_kafka_queue_destroy(queue)
        }
        isClosed = true
        (onAssign, onRevoke, onCommit) = ({ _ in [:] }, { _, _ in }, { _, _ in })
        (onError, onStatistics, onThrottle, onEnd) = ({ _ in }, { _ in }, { _ in }, { _, _ in })
        let left = rd_kafka_consumer_closed(handle.pointer) != 0
        guard hasBeenAssigned else {
            // The sticky assignor of 2.0.2 aborts the process when it is freed between joining and the first assignment
            // (mended in 2.3.0, #4381).
            handle.abandon()
            return left
        }
        return handle.destroy(within: deadline.remaining) && left
    }
}
