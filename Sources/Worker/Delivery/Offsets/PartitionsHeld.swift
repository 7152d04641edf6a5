import Kafka

/// Nothing is left to do but partitions that wait for an operator.
package struct PartitionsHeld: Error, CustomStringConvertible {
    let reasons: [TopicPartition: String]

    package var description: String {
        let first = reasons.min { $0.key < $1.key }.map { "\($0.key): \($0.value)" } ?? ""
        let others = reasons.count > 1 ? ", and \(reasons.count - 1) more" : ""
        return
            "a partition waits for an operator: \(first)\(others); `entente offsets list` shows all, and `entente offsets "
            + "set` or `release` says how to go on."
    }
}
