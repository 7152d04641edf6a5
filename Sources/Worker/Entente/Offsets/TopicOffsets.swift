import Kafka
import Logging
import Persistence
import Settings

/// A topic's partitions as the database and the brokers have them.
struct TopicOffsets {
    let topic: String
    let group: String
    /// In order.
    let partitions: [Partition]
    /// Why the brokers could not be asked about any of them; nil: they could.
    let trouble: String?

    struct Partition {
        let number: Int32
        /// nil: the group has not begun with it.
        let entry: OffsetOrders.Entry?
        /// The offsets that the brokers have, the upper bound being that of the next record; nil: not known.
        let log: Range<Int64>?

        /// Records that are not worked on; nil: not known.
        var lag: Int64? {
            log.map { log in entry.map { $0.position.lag(in: log) } ?? Int64(log.count) }
        }
    }

    /// For a broker to answer.
    private static let patience = Duration.seconds(5)

    init(_ connection: Connection, _ settings: Settings) throws {
        topic = try settings.jobTopic()
        group = try settings.required(.kafkaGroup)
        let entries = try OffsetOrders(connection).list(topic, group: group)
        let inquiry = try LogInquiry(settings.kafka(), logger: settings.logger("entente.offsets"))
        var numbers = Set(entries.map(\.partition.partition))
        var logs: [TopicPartition: Result<Range<Int64>, KafkaError>] = [:]
        var trouble: String?
        do {
            numbers.formUnion((0..<Int32(try inquiry.partitionCount(of: topic, within: Self.patience))))
            let topic = topic
            logs = inquiry.bounds(
                of: numbers.map { TopicPartition(topic: topic, partition: $0) }, within: Self.patience)
        } catch {
            trouble = "\(error)"
        }
        self.trouble = trouble
        let known = Dictionary(uniqueKeysWithValues: entries.map { ($0.partition.partition, $0) })
        let place = topic
        partitions = numbers.sorted().map { number in
            Partition(
                number: number, entry: known[number],
                log: try? logs[TopicPartition(topic: place, partition: number)]?.get())
        }
    }

    func key(of partition: Partition) -> PartitionKey {
        PartitionKey(group: group, topic: topic, partition: partition.number)
    }
}
