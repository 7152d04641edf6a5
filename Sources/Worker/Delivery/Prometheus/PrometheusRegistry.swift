import Metrics
import Synchronization

/// A back end of swift-metrics that keeps every value in memory and writes them down in Prometheus' text format.
///
/// Asking for a handler takes a lock and a lookup, so call sites keep theirs; changing its value takes neither. The same
/// name and labels give the same handler.
package final class PrometheusRegistry: MetricsFactory {
    private struct Family {
        let definition: MetricDefinition
        /// By their labels as written.
        var series: [String: any PrometheusSeries] = [:]
    }

    private struct State {
        var families: [String: Family]
        var collectors: [@Sendable () -> Void] = []
    }

    /// Names that come first on a page.
    private let order: [String]
    private let state: Mutex<State>

    /// - Parameter definitions: what is known of metrics beforehand, in the order of the page. Others, which libraries may
    ///   have, follow in alphabetical order and without a help line.
    init(_ definitions: [MetricDefinition] = []) {
        order = definitions.map(\.name)
        state = Mutex(
            State(families: Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, Family(definition: $0)) })))
    }

    /// Has `body` called before each page, to set what is read rather than counted.
    func collect(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.collectors.append(body) } }

    /// All values now.
    package func page() -> String {
        for collector in state.withLock({ $0.collectors }) { collector() }
        let families = state.withLock { $0.families }
        let others = families.keys.filter { !order.contains($0) }.sorted()
        var page = PrometheusPage()
        for family in (order + others).compactMap({ families[$0] }) where !family.series.isEmpty {
            page.head(family.definition)
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(family.definition.name, labels, to: &page)
            }
        }
        return page.text
    }

    private func value(_ kind: MetricDefinition.Kind, _ label: String, _ labels: [(String, String)]) -> PrometheusValue
    {
        series(kind, label, labels) { _ in PrometheusValue() }
    }

    private func histogram(_ label: String, _ labels: [(String, String)]) -> PrometheusHistogram {
        series(.histogram, label, labels) { definition in
            PrometheusHistogram(bounds: definition.buckets.isEmpty ? MetricDefinition.durations : definition.buckets)
        }
    }

    /// The handler of a metric under some labels. A name that is another kind's already gets one that is not shown: two
    /// kinds under one name would make the page unreadable.
    private func series<Series: PrometheusSeries>(
        _ kind: MetricDefinition.Kind, _ label: String, _ labels: [(String, String)],
        make: (MetricDefinition) -> Series
    ) -> Series {
        let name = PrometheusPage.metricName(label)
        let key = PrometheusPage.labels(labels)
        return state.withLock { state in
            var family = state.families[name] ?? Family(definition: MetricDefinition(name, kind, ""))
            if family.definition.kind == kind, let known = family.series[key] as? Series { return known }
            let made = make(family.definition)
            guard family.definition.kind == kind else { return made }
            family.series[key] = made
            state.families[name] = family
            return made
        }
    }

    private func remove(_ handler: AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                for (labels, series) in family.series where series === handler {
                    state.families[name]?.series[labels] = nil
                }
            }
        }
    }

    // MARK: - MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        value(.counter, label, dimensions)
    }
    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
        -> any FloatingPointCounterHandler
    {
        value(.counter, label, dimensions)
    }
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        value(.gauge, label, dimensions)
    }
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : value(.gauge, label, dimensions)
    }
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
