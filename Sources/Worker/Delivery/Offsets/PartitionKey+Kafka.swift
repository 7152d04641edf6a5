import Kafka
import Persistence

extension PartitionKey {
    /// A partition as a group's position in it is known to the database; Kafka knows it without one.
    init(_ partition: TopicPartition, of group: String) {
        self.init(group: group, topic: partition.topic, partition: partition.partition)
    }
}
