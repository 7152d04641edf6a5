extension KafkaConsumer {
    /// Where we start from; the operator may set each otherwise.
    static let defaults = [
        ("session.timeout.ms", "45000"),
        ("heartbeat.interval.ms", "3000"),
        ("max.poll.interval.ms", "300000"),
        // librdkafka would prefetch 64 MB a partition; image jobs are slow work, so little is needed.
        ("queued.min.messages", "1000"),
        ("queued.max.messages.kbytes", "16384"),
        ("fetch.message.max.bytes", "1048576"),
        ("check.crcs", "true"),
        // A topic created after the worker is found within this time.
        ("topic.metadata.refresh.interval.ms", "5000"),
    ]

    /// What exact counts rest on.
    static let fixed = [
        ("partition.assignment.strategy", "cooperative-sticky"),
        ("enable.auto.commit", "false"),
        ("enable.auto.offset.store", "false"),
        // A place that the log doesn't have is an alarm, never a silent skip.
        ("auto.offset.reset", "error"),
        ("isolation.level", "read_committed"),
        ("allow.auto.create.topics", "false"),
        // An offset is moved over what is no record, such as marks of transactions, once the log's end was seen behind it.
        ("enable.partition.eof", "true"),
        // Whether a broker can be reached is known from them alone.
        ("statistics.interval.ms", "2000"),
    ]

    /// Both of them less what the brokers decide in the `consumer` protocol: librdkafka refuses to be given it then.
    static func settings(of groups: GroupProtocol) -> (defaults: [(String, String)], fixed: [(String, String)]) {
        guard groups == .consumer else { return (defaults, fixed) }
        func isKept(_ rule: (String, String)) -> Bool { !GroupProtocol.ofMembers.contains(rule.0) }
        return (defaults.filter(isKept), fixed.filter(isKept))
    }
}
