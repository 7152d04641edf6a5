import Metrics
import Synchronization

/// Observations counted by size. Behind a lock, so that a page never shows a count without its sum; it is held for a few
/// instructions.
final class PrometheusHistogram: PrometheusSeries, RecorderHandler, TimerHandler {
    private struct State {
        /// Of each bucket alone, the last being +Inf's.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: ascending; +Inf is added.
    init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds that do not ascend: \(bounds)")
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// A value that is no number is left out: it would spoil the sum for good.
    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func record(_ value: Int64) { record(Double(value)) }
    /// Seconds are what is shown.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(_ name: String, _ labels: String, to page: inout PrometheusPage) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total: UInt64 = 0
        for (count, bound) in zip(counts, bounds + [.infinity]) {
            total += count
            let bucket = PrometheusPage.labels([("le", PrometheusPage.number(bound))])
            page.sample(name + "_bucket", labels.isEmpty ? bucket : labels + "," + bucket, Double(total))
        }
        page.sample(name + "_sum", labels, sum)
        page.sample(name + "_count", labels, Double(total))
    }
}
