import CKafka

extension KafkaConsumer {
    /// Takes no more records of these. What was prefetched of them is dropped and fetched again after ``resume(_:)``, so
    /// it costs: pause after seconds of back-pressure, not at each full queue. Partitions that aren't read are skipped.
    package func pause(_ partitions: some Sequence<TopicPartition>) throws(KafkaError) {
        let chosen = partitions.filter { started.contains($0) && !paused.contains($0) }
        if !isHeld { try pauseInLibrary(chosen) }
        paused.formUnion(chosen)
    }

    /// Goes on with these where ``poll(timeout:)`` left off, unless all are on ``hold()``.
    package func resume(_ partitions: some Sequence<TopicPartition>) throws(KafkaError) {
        let chosen = partitions.filter(paused.contains)
        if !isHeld { try resumeInLibrary(chosen) }
        paused.subtract(chosen)
    }

    /// Pauses all, those included that are assigned later: back-pressure, or the database is away.
    package func hold() throws(KafkaError) {
        guard !isHeld else { return }
        try pauseInLibrary(started.filter { !paused.contains($0) })
        isHeld = true
    }

    /// Ends ``hold()``; partitions that were paused one by one stay so.
    package func release() throws(KafkaError) {
        guard isHeld else { return }
        try resumeInLibrary(started.filter { !paused.contains($0) })
        isHeld = false
    }

    func pauseInLibrary(_ partitions: some Collection<TopicPartition>) throws(KafkaError) {
        guard !partitions.isEmpty else { return }
        let list = TopicPartitionList(partitions)
        let code = list.withPointer { rd_kafka_pause_partitions(handle.pointer, $0) }
        try check(code, list.elements, "can't pause")
    }

    func resumeInLibrary(_ partitions: some Collection<TopicPartition>) throws(KafkaError) {
        guard !partitions.isEmpty else { return }
        let list = TopicPartitionList(partitions)
        let code = list.withPointer { rd_kafka_resume_partitions(handle.pointer, $0) }
        try check(code, list.elements, "can't resume")
    }

    /// Throws for a call that failed as a whole or for one of its partitions.
    func check(
        _ code: rd_kafka_resp_err_t, _ elements: [TopicPartitionList.Element], _ doing: String
    ) throws(KafkaError) {
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, doing) }
        if let failed = elements.first(where: { $0.error != RD_KAFKA_RESP_ERR_NO_ERROR }) {
            throw KafkaError(failed.error, "\(doing) \(failed.place)", partition: failed.place)
        }
    }
}
