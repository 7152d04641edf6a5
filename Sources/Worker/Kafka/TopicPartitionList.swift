import CKafka

/// librdkafka's list of partitions with an offset and an error each; freed with this value.
struct TopicPartitionList: ~Copyable {
    private let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// With librdkafka's "no offset" mark on every partition.
    init(_ partitions: some Collection<TopicPartition>) {
        pointer = rd_kafka_topic_partition_list_new(Int32(partitions.count))
        for place in partitions { rd_kafka_topic_partition_list_add(pointer, place.topic, place.partition) }
    }

    init(_ offsets: [TopicPartition: Int64]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(offsets.count))
        for (place, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            rd_kafka_topic_partition_list_add(pointer, place.topic, place.partition).pointee.offset = offset
        }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    /// The pointer must not outlive the closure.
    func withPointer<R>(_ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> R) -> R { body(pointer) }

    var elements: [Element] { Self.elements(of: pointer) }

    /// Copies a list that belongs to librdkafka, as callbacks get it.
    static func elements(of list: UnsafePointer<rd_kafka_topic_partition_list_t>?) -> [Element] {
        guard let list, let first = list.pointee.elems else { return [] }
        return UnsafeBufferPointer(start: first, count: Int(list.pointee.cnt)).map { element in
            Element(
                place: TopicPartition(
                    topic: element.topic.map { String(cString: $0) } ?? "", partition: element.partition),
                offset: element.offset, error: element.err)
        }
    }

    struct Element {
        let place: TopicPartition
        /// Negative where there is none.
        let offset: Int64
        let error: rd_kafka_resp_err_t
    }
}
