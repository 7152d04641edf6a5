import Kafka
import Metrics

// What the Kafka thread tells.
extension Observation {
    /// How often gauges of the queue are set.
    private static let interval = Duration.seconds(1)

    /// After each poll.
    ///
    /// - Parameter state: asked for once an interval.
    func polled(_ state: @autoclosure () -> QueueState) {
        let now = ContinuousClock.now
        updateHealth { $0.polled(at: now) }
        let isDue = nextLook.withLock { next in
            guard next <= now else { return false }
            next = now + Self.interval
            return true
        }
        guard isDue else { return }
        let state = state()
        for (partition, lag) in state.lags { setLag(lag, of: partition) }
        metrics.assigned.record(state.assigned)
        metrics.paused.record(state.paused)
        metrics.held.record(state.held)
        metrics.jobsInFlight.record(state.jobsInFlight)
        metrics.bytesInFlight.record(state.bytesInFlight)
        updateHealth { $0.sawQueue(lag: state.lags.values.reduce(0, +), at: now) }
    }

    func skipped() { metrics.jobs[WorkerMetrics.JobOutcome.skipped.rawValue].increment() }

    func assigned() {
        updateHealth { $0.assigned() }
        metrics.rebalances[WorkerMetrics.Rebalance.assigned.rawValue].increment()
    }

    /// Kafka's client has a trouble, which mends itself or is what an operator has to mend.
    func kafkaFailed(_ error: KafkaError) {
        metrics.retries[WorkerMetrics.Retry.broker.rawValue].increment()
        updateHealth { $0.kafkaFailed(error.name, "\(error)") }
    }

    /// A broker held up an answer by a quota.
    func throttled(for delay: Duration) { metrics.throttled.increment(by: delay / .seconds(1)) }

    func released(_ partitions: [TopicPartition], lost: Bool) {
        let type: WorkerMetrics.Rebalance = lost ? .lost : .revoked
        metrics.rebalances[type.rawValue].increment()
        if lost { updateHealth { $0.lostAssignment() } }
        let gone = lags.withLock { lags in partitions.compactMap { lags.removeValue(forKey: $0) } }
        gone.forEach { $0.destroy() }
    }

    /// The partitions that are this worker's and not read, by the claims thread.
    func partitionsWait(_ waiting: [TopicPartition: WaitingPartition]) { updateHealth { $0.partitionsWait(waiting) } }

    /// - Parameter trouble: why no broker is up, if it is known.
    func broker(_ statistics: KafkaStatistics, trouble: String?) {
        updateHealth { $0.brokerIs(up: statistics.hasBrokerUp, trouble: trouble) }
    }

    private func setLag(_ lag: Int64, of partition: TopicPartition) {
        let gauge = lags.withLock { lags in
            if let gauge = lags[partition] { return gauge }
            let gauge = metrics.lag(of: partition)
            lags[partition] = gauge
            return gauge
        }
        gauge.record(lag)
    }
}
