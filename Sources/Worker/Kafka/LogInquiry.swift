import CKafka
import Logging
import Threads

/// Asks brokers about logs: where they begin and end, and whose they are.
///
/// A client of its own and not the consumer's, whose requests wait behind the fetches of its connections. What one broker does
/// not answer fails for the partitions that it leads, and for those alone.
///
/// **Thread.** Calls may come from any thread but not at the same time; each lasts as long as it is given for every broker, at
/// most. librdkafka lets any thread use a client.
package final class LogInquiry: @unchecked Sendable {
    // Unchecked: all of it is touched by one call at a time.
    private var handle: KafkaHandle
    private let logger: Logger
    private var renewal: KafkaRenewal?
    /// Brokers that did not answer last time; asked last, so that they hold up nobody else.
    private var slow: Set<Int32> = []

    /// What can be told apart only by asking: the end of a log, and the end of what is committed in it.
    private static let fixed = [("isolation.level", "read_uncommitted"), ("allow.auto.create.topics", "false")]

    /// - Parameter renewal: for an inquiry that outlives certificates and passwords.
    /// - Throws: ``KafkaError`` for a property that can't be used. No broker is contacted yet.
    package init(
        _ configuration: KafkaClientConfiguration, logger: Logger, renewal: KafkaRenewal? = nil
    ) throws(KafkaError) {
        self.logger = logger
        self.renewal = renewal
        handle = try Self.makeHandle(configuration, logger)
    }

    private static func makeHandle(
        _ configuration: KafkaClientConfiguration, _ logger: Logger
    ) throws(KafkaError) -> KafkaHandle {
        // It is no member of a group, whatever the operator says of those.
        let own = Set(Self.fixed.map(\.0)).union(GroupProtocol.properties)
        let others = KafkaClientConfiguration(
            bootstrapServers: configuration.bootstrapServers,
            properties: configuration.properties.filter { !own.contains($0.key) })
        return try KafkaHandle(
            RD_KAFKA_CONSUMER,
            others.makeProperties(defaults: KafkaConsumer.settings(of: .consumer).defaults, fixed: Self.fixed),
            logger: logger)
    }

    /// The cluster's own name of itself; nil when it has none or doesn't answer in time. Asks once.
    package func cluster(within limit: Duration) -> String? {
        guard let name = rd_kafka_clusterid(handle.pointer, limit.kafkaMilliseconds) else { return nil }
        defer { rd_kafka_mem_free(handle.pointer, name) }
        return String(cString: name)
    }

    /// The number of partitions of a topic.
    package func partitionCount(of topic: String, within limit: Duration) throws(KafkaError) -> Int {
        serve()
        return try handle.partitionCount(of: topic, within: limit)
    }

    /// The oldest offset that the brokers have of each partition, and the one that its next record will get, whether what lies
    /// before is committed or not.
    ///
    /// - Parameter limit: for each broker.
    package func bounds(
        of partitions: some Collection<TopicPartition>, within limit: Duration
    ) -> [TopicPartition: Result<Range<Int64>, KafkaError>] {
        let first = offsets(Dictionary(uniqueKeysWithValues: partitions.map { ($0, -2) }), within: limit)
        var found: [TopicPartition: Result<Range<Int64>, KafkaError>] = [:]
        var begun: [TopicPartition: Int64] = [:]
        for (partition, answer) in first {
            switch answer {
            case .success(let offset): begun[partition] = max(0, offset)
            case .failure(let error): found[partition] = .failure(error)
            }
        }
        for (partition, answer) in offsets(begun.mapValues { _ in -1 }, within: limit) {
            let low = begun[partition] ?? 0
            found[partition] = answer.map { low..<max(low, $0) }
        }
        return found
    }

    /// Of each partition the offset of a time: the first record of it or later, or the log's end where there is none.
    ///
    /// - Parameter times: milliseconds since 1970; -1 for the end, -2 for the oldest record.
    package func offsets(
        _ times: [TopicPartition: Int64], within limit: Duration
    ) -> [TopicPartition: Result<Int64, KafkaError>] {
        serve()
        var found: [TopicPartition: Result<Int64, KafkaError>] = [:]
        for (topic, times) in Dictionary(grouping: times, by: \.key.topic) {
            let leaders: [Int32: Int32]
            do { leaders = try handle.leaders(of: topic, within: limit) } catch {
                for (partition, _) in times { found[partition] = .failure(error) }
                continue
            }
            for (leader, times) in Dictionary(grouping: times, by: { leaders[$0.key.partition] }).sorted(by: isSooner) {
                guard let leader else {
                    for (partition, _) in times { found[partition] = .failure(Self.unknown(partition)) }
                    continue
                }
                guard leader >= 0 else {
                    for (partition, _) in times { found[partition] = .failure(Self.leaderless(partition)) }
                    continue
                }
                let answers = answers(Dictionary(uniqueKeysWithValues: times), within: limit)
                if answers.values.contains(where: \.isTimeout) { slow.insert(leader) } else { slow.remove(leader) }
                found.merge(answers) { $1 }
            }
        }
        return found
    }

    private func isSooner<T>(_ one: (key: Int32?, T), _ other: (key: Int32?, T)) -> Bool {
        let (one, other) = (one.key ?? -1, other.key ?? -1)
        return (slow.contains(one) ? 1 : 0, one) < (slow.contains(other) ? 1 : 0, other)
    }

    /// Asks one broker, for all of its partitions together; one by one when it refuses one of them.
    private func answers(
        _ times: [TopicPartition: Int64], within limit: Duration
    ) -> [TopicPartition: Result<Int64, KafkaError>] {
        let list = TopicPartitionList(times)
        let code = list.withPointer { rd_kafka_offsets_for_times(handle.pointer, $0, limit.kafkaMilliseconds) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let isRefused = code != RD_KAFKA_RESP_ERR__TIMED_OUT && code != RD_KAFKA_RESP_ERR__TRANSPORT
            if isRefused, times.count > 1 {
                return times.reduce(into: [:]) { found, time in
                    found.merge(answers([time.key: time.value], within: limit)) { $1 }
                }
            }
            return Dictionary(
                uniqueKeysWithValues: times.keys.map {
                    ($0, .failure(KafkaError(code, "no offset range of \($0)", partition: $0)))
                })
        }
        return Dictionary(
            uniqueKeysWithValues: list.elements.map { element in
                guard element.error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                    return (
                        element.place,
                        .failure(
                            KafkaError(element.error, "no offset range of \(element.place)", partition: element.place))
                    )
                }
                return (element.place, .success(element.offset))
            })
    }

    /// Takes what the client has to say, which nobody else does; errors of connections show in the answers.
    private func serve() {
        rd_kafka_poll(handle.pointer, 0)
        guard let fresh = renewal?.due(isTroubled: handle.context.troubles.summary() != nil) else { return }
        do {
            let other = try Self.makeHandle(fresh, logger)
            handle.destroy(within: .seconds(1))
            handle = other
            renewal?.took(fresh)
        } catch {
            logger.warning("renewed settings of Kafka can't be used", metadata: ["error": "\(error)"])
        }
    }

    private static func unknown(_ partition: TopicPartition) -> KafkaError {
        KafkaError(
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "the topic has no \(partition)", partition: partition)
    }

    private static func leaderless(_ partition: TopicPartition) -> KafkaError {
        KafkaError(
            RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, "no broker leads \(partition) now", partition: partition)
    }
}

extension Result where Failure == KafkaError {
    fileprivate var isTimeout: Bool {
        guard case .failure(let error) = self else { return false }
        return ["_TIMED_OUT", "_TRANSPORT"].contains(error.name)
    }
}
