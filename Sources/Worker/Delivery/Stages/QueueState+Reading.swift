import Kafka

extension QueueState {
    init(_ consumer: KafkaConsumer, _ assignments: Assignments, _ claims: ClaimQueue) {
        let (stored, ends, waiting) = (assignments.storedOffsets, claims.logEnds, claims.waiting)
        var lags = waiting.compactMapValues(\.lag)
        for partition in consumer.started {
            let known = [consumer.lastKnownWatermarks(of: partition)?.upperBound, ends[partition]].compactMap { $0 }
            guard let next = stored[partition], let end = known.max() else { continue }
            lags[partition] = max(0, end - next)
        }
        let reading = consumer.isHeld ? 0 : consumer.started.subtracting(consumer.paused).count
        self.init(
            lags: lags, assigned: consumer.owned.count, paused: consumer.owned.count - reading,
            held: waiting.values.count(where: \.isHeld), jobsInFlight: assignments.outstanding,
            bytesInFlight: assignments.outstandingBytes)
    }
}
