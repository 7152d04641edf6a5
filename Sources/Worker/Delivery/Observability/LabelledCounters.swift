import Metrics
import Synchronization

/// The counters of one metric, one for each value of its one label.
final class LabelledCounters: Sendable {
    private let metric: MetricDefinition
    private let factory: any MetricsFactory
    private let counters = Mutex<[String: Counter]>([:])

    /// - Parameter values: shown from the start, so that a first increment is a change that can be seen.
    init(_ metric: WorkerMetric, _ factory: any MetricsFactory, values: [String] = []) {
        self.metric = metric.definition
        self.factory = factory
        precondition(self.metric.labels.count == 1, "\(self.metric.name) has the labels \(self.metric.labels)")
        for value in values { _ = self[value] }
    }

    subscript(value: String) -> Counter {
        counters.withLock { counters in
            if let counter = counters[value] { return counter }
            let counter = Counter(label: metric.name, dimensions: [(metric.labels[0], value)], factory: factory)
            counters[value] = counter
            return counter
        }
    }
}
