import Foundation
import Testbed
import Testing

/// What KEDA's scaler for Kafka makes of a group's offsets, as its source of August 2026 has it, with the values that
/// `deploy/kubernetes/components/keda` gives it. It knows the two things that Kafka does: what the group has committed, and where
/// each log ends. docs/scaling.md tells it in words.
struct ScalingRule {
    /// A partition by number, and what the scaler sees of it.
    struct Log {
        /// nil: nothing is committed.
        let committed: Int64?
        let end: Int64
    }

    let threshold: Int64
    /// By partition, where the group was at the poll before; nil: partitions that do not move count as all others.
    private var before: [Int: Int64]?

    /// - Parameter leavesOutPersistentLag: as the component `keda-persistent-lag` does.
    init(leavesOutPersistentLag: Bool = false) throws {
        let file = Checkout.root + "/deploy/kubernetes/components/keda/scaledobject.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let trigger = try #require(text.split(separator: "type: kafka").last)
        func value(_ name: String) throws -> String {
            let line = try #require(trigger.split(separator: "\n").first { $0.contains(" \(name):") }, "no \(name)")
            return line.split(separator: ":")[1].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
        }
        threshold = try #require(Int64(value("lagThreshold")))
        // What follows is the rule for these.
        #expect(
            try ["offsetResetPolicy", "allowIdleConsumers", "scaleToZeroOnInvalidOffset"].map(value)
                == ["earliest", "false", "false"])
        before = leavesOutPersistentLag ? [:] : nil
    }

    /// The jobs that wait, as one poll counts them.
    mutating func lag(of logs: [Int: Log]) -> Int64 {
        logs.reduce(0) { $0 + lag(of: $1.value, $1.key) }
    }

    private mutating func lag(of log: Log, _ number: Int) -> Int64 {
        // A group that has committed nothing is taken to begin at 0, wherever the log begins.
        guard let committed = log.committed else { return log.end }
        if before != nil {
            let former = before?.updateValue(committed, forKey: number)
            if former == committed { return 0 }
        }
        return log.end - committed
    }

    /// Workers that are asked for: one for each `threshold` jobs begun, and no more than there are partitions once the thresholds
    /// that are full are more than those.
    func workers(for lag: Int64, partitions: Int) -> Int64 {
        let bounded = lag / threshold > Int64(partitions) ? Int64(partitions) * threshold : lag
        return (bounded + threshold - 1) / threshold
    }
}
