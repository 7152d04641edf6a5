import Kafka

extension QueueState {
    init(_ consumer: KafkaConsumer, _ assignments: Assignments) {
        let stored = assignments.storedOffsets
        var lags: [TopicPartition: Int64] = [:]
        for partition in consumer.started {
            guard let next = stored[partition], let log = consumer.lastKnownWatermarks(of: partition) else { continue }
            lags[partition] = max(0, log.upperBound - next)
        }
        let reading = consumer.isHeld ? 0 : consumer.started.subtracting(consumer.paused).count
        self.init(
            lags: lags, assigned: consumer.owned.count, paused: consumer.owned.count - reading,
            jobsInFlight: assignments.outstanding, bytesInFlight: assignments.outstandingBytes)
    }
}
