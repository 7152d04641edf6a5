import CKafka

extension KafkaConsumer {
    static func place(of message: UnsafePointer<rd_kafka_message_t>) -> TopicPartition {
        let name = message.pointee.rkt.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? ""
        return TopicPartition(topic: name, partition: message.pointee.partition)
    }

    /// What librdkafka says in place of a record.
    func error(of message: UnsafePointer<rd_kafka_message_t>, at place: TopicPartition) -> KafkaError {
        let text = rd_kafka_message_errstr(message).map { String(cString: $0) } ?? ""
        let isPartition = !place.topic.isEmpty && place.partition >= 0
        let offset = message.pointee.offset >= 0 ? message.pointee.offset : nil
        let error = KafkaError(
            message.pointee.err, isPartition ? "\(place): \(text)" : text, partition: isPartition ? place : nil,
            offset: offset)
        guard error.isOutOfRange else { return kafkaFatalError(handle.pointer, orElse: error) }
        let wanted = offset.map { "offset \($0)" } ?? "the offset to start from"
        return KafkaError(
            message.pointee.err, "\(place): \(wanted) is not in the log; records are lost or the topic was made anew",
            partition: place, offset: offset)
    }

    func log(_ error: KafkaError) { handle.context.complain(error) }
}
