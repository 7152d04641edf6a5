import Foundation
import Metrics
import Testbed
import Testing

@testable import Delivery
@testable import Kafka

@Suite struct WorkerMetricTests {
    /// https://prometheus.io/docs/practices/naming/
    @Test(arguments: WorkerMetric.allCases) func namesFollowTheConventions(metric: WorkerMetric) {
        let definition = metric.definition
        #expect(definition.name.hasPrefix("entente_") || definition.name.hasPrefix("process_"))
        #expect(definition.name.wholeMatch(of: /[a-z_]+/) != nil)
        #expect(definition.name.hasSuffix("_total") == (definition.kind == .counter))
        #expect(definition.name.contains("seconds") == (definition.unit?.hasPrefix("seconds") == true))
        #expect(definition.name.contains("bytes") == (definition.unit == "bytes"))
        #expect(definition.help.hasSuffix("."))
        #expect((definition.kind == .histogram) == !definition.buckets.isEmpty)
        #expect(definition.buckets == definition.buckets.sorted())
    }

    @Test func namesAreUnique() {
        #expect(Set(WorkerMetric.allCases.map(\.name)).count == WorkerMetric.allCases.count)
    }

    /// Every handle has the kind and the labels that the list gives its metric, and no metric is without a handle.
    @Test func handlesAndListAgree() {
        let observation = Observation()
        observation.metrics.imageFailures["not_found"].increment()
        observation.metrics.jobFailures["not_json"].increment()
        observation.metrics.roundTrips["writer"].increment()
        observation.metrics.lag(of: TopicPartition(topic: "t", partition: 1)).record(1)
        let page = observation.registry.page().split(separator: "\n")
        for metric in WorkerMetric.allCases {
            let definition = metric.definition
            #expect(page.contains("# TYPE \(definition.name) \(definition.kind.rawValue)"[...]), "\(definition.name)")
            let samples = page.filter { $0.prefix { $0 != "{" && $0 != " " } == definition.name }
            for sample in samples {
                let labels = sample.matches(of: /([a-z_]+)="/).map { String($0.1) }
                #expect(labels == definition.labels, "\(sample)")
            }
        }
    }

    @Test func theDocumentListsEveryMetric() throws {
        let text = try String(contentsOfFile: Checkout.root + "/docs/metrics.md", encoding: .utf8)
        let rows = WorkerMetric.allCases.map { metric in
            let definition = metric.definition
            let labels = definition.labels.map { "`\($0)`" }.joined(separator: ", ")
            let kind = definition.kind.rawValue + (definition.unit.map { ", " + $0 } ?? "")
            return "| `\(definition.name)` | \(kind) | \(labels) | \(definition.help) |"
        }
        #expect(
            text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init) == rows,
            "docs/metrics.md should hold:\n\(rows.joined(separator: "\n"))")
    }
}
