import Metrics
import Testbed
import Testing

@testable import Delivery

@Suite struct PrometheusRegistryTests {
    private static let definitions = [
        MetricDefinition("b_total", .counter, labels: ["kind"], #"Back\slash and"# + "\nline end."),
        MetricDefinition("a_seconds", .histogram, buckets: [0.1, 1], "Durations."),
        MetricDefinition("unused", .gauge, "Never asked for."),
    ]
    private let registry = PrometheusRegistry(definitions)

    private var lines: [Substring] { registry.page().split(separator: "\n", omittingEmptySubsequences: false) }

    @Test func aPageLineByLine() {
        Counter(label: "b_total", dimensions: [("kind", "x")], factory: registry).increment(by: 3)
        let other = Counter(label: "b_total", dimensions: [("kind", #"q"uote\"# + "\nend")], factory: registry)
        other.increment()
        FloatingPointCounter(label: "other.library-counter", factory: registry).increment(by: 0.25)
        let histogram = Recorder(label: "a_seconds", factory: registry)
        for value in [0.05, 0.1, 0.5, 7, .nan] { histogram.record(value) }
        Gauge(label: "z", dimensions: [("topic", "t"), ("9partition", "4")], factory: registry).record(-2)
        #expect(
            lines == [
                #"# HELP b_total Back\\slash and\nline end."#,
                "# TYPE b_total counter",
                #"b_total{kind="q\"uote\\\nend"} 1"#,
                #"b_total{kind="x"} 3"#,
                "# HELP a_seconds Durations.",
                "# TYPE a_seconds histogram",
                #"a_seconds_bucket{le="0.1"} 2"#,
                #"a_seconds_bucket{le="1"} 3"#,
                #"a_seconds_bucket{le="+Inf"} 4"#,
                "a_seconds_sum 7.65",
                "a_seconds_count 4",
                "# TYPE other_library_counter counter",
                "other_library_counter 0.25",
                "# TYPE z gauge",
                #"z{topic="t",_partition="4"} -2"#,
                "",
            ])
    }

    @Test func labelsStandBeforeABucketsBound() {
        Timer(label: "t_seconds", dimensions: [("stage", "write")], factory: registry).recordNanoseconds(2_000_000)
        #expect(lines.contains(#"t_seconds_bucket{stage="write",le="0.0025"} 1"#))
        #expect(lines.contains(#"t_seconds_bucket{stage="write",le="0.001"} 0"#))
        #expect(lines.contains(#"t_seconds_sum{stage="write"} 0.002"#))
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (5, "5"), (0.1, "0.1"), (-1.5, "-1.5"), (1e20, "1e+20"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"), (1_700_000_000.5, "1700000000.5"),
    ]) func numbers(value: Double, text: String) {
        #expect(PrometheusPage.number(value) == text)
    }

    @Test func theSameNameAndLabelsAreTheSameSeries() {
        for _ in 0..<2 { Counter(label: "b_total", dimensions: [("kind", "x")], factory: registry).increment() }
        FloatingPointCounter(label: "b_total", dimensions: [("kind", "x")], factory: registry).increment(by: 0.5)
        #expect(lines.contains(#"b_total{kind="x"} 2.5"#))
    }

    /// Two kinds under one name would make the whole page unreadable.
    @Test func anotherKindUnderAKnownNameIsNotShown() {
        Counter(label: "b_total", dimensions: [("kind", "x")], factory: registry).increment()
        Gauge(label: "b_total", dimensions: [("kind", "x")], factory: registry).record(99)
        #expect(lines.filter { $0.hasPrefix("# TYPE") } == ["# TYPE b_total counter"])
        #expect(lines.contains(#"b_total{kind="x"} 1"#))
    }

    @Test func whatIsDestroyedIsGone() {
        let gauge = Gauge(label: "lag", dimensions: [("partition", "1")], factory: registry)
        gauge.record(5)
        #expect(lines.contains(#"lag{partition="1"} 5"#))
        gauge.destroy()
        #expect(lines == [""])
    }

    @Test func collectorsAreAskedBeforeEachPage() {
        let gauge = Gauge(label: "level", factory: registry)
        let asked = Counter(label: "asked", factory: registry)
        registry.collect {
            asked.increment()
            gauge.record(7)
        }
        let first = lines
        #expect(first.contains("level 7") && first.contains("asked 1"))
        #expect(lines.contains("asked 2"))
    }

    @Test func concurrencyLosesNothing() throws {
        let each = 20_000
        let registry = registry
        _ = try concurrently(4) { thread in
            let counter = Counter(label: "b_total", dimensions: [("kind", "x")], factory: registry)
            let seconds = FloatingPointCounter(label: "s", factory: registry)
            let histogram = Recorder(label: "a_seconds", factory: registry)
            for step in 0..<each {
                counter.increment()
                seconds.increment(by: 0.5)
                histogram.record(step % 2 == 0 ? 0.05 : 0.5)
                if step % 5000 == 0 { _ = registry.page() }
            }
        }
        #expect(lines.contains(#"b_total{kind="x"} \#(4 * each)"#[...]))
        #expect(lines.contains("s \(2 * each)"[...]))
        #expect(lines.contains(#"a_seconds_bucket{le="0.1"} \#(2 * each)"#[...]))
        #expect(lines.contains("a_seconds_count \(4 * each)"[...]))
    }
}
