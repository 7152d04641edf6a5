import Foundation
import Testbed
import Testing

@testable import Delivery
@testable import Settings

/// What Prometheus is told to watch is what a worker tells.
@Suite struct AlertRuleTests {
    private let rules: String
    private let operations: String

    init() throws {
        rules = try String(contentsOfFile: Checkout.root + "/deploy/prometheus/alerts.yml", encoding: .utf8)
        operations = try String(contentsOfFile: Checkout.root + "/docs/operations.md", encoding: .utf8)
    }

    /// Every metric by the names of its series.
    private var known: [String: [String]] {
        WorkerMetric.allCases.reduce(into: [:]) { known, metric in
            let definition = metric.definition
            let endings = definition.kind == .histogram ? ["_bucket", "_sum", "_count"] : [""]
            for ending in endings { known[definition.name + ending] = definition.labels }
        }
    }

    private func metrics(in text: String) -> [(name: String, labels: [String])] {
        text.matches(of: /\b((?:entente|process)_[a-z_]+)(?:\{([^}]*)\})?/).map { found in
            (String(found.1), (found.2 ?? "").matches(of: /([a-z_]+)(?:=|!)/).map { String($0.1) })
        }
    }

    @Test func everyMetricAndLabelIsThere() {
        let used = metrics(in: rules)
        #expect(used.count > 10)
        for metric in used {
            let labels = known[metric.name]
            #expect(labels != nil, "no metric is called \(metric.name)")
            // job and instance are the scraper's.
            let unknown = metric.labels.filter { $0 != "job" && labels?.contains($0) != true }
            #expect(unknown.isEmpty, "\(metric.name) has no label \(unknown)")
        }
    }

    /// A rule that nothing tests may never fire.
    @Test func everyAlertIsTestedAndExplained() throws {
        let tests = try String(contentsOfFile: Checkout.root + "/deploy/prometheus/alerts.test.yml", encoding: .utf8)
        let names = rules.matches(of: /- alert: (\w+)/).map { String($0.1) }
        #expect(names.count > 10 && Set(names).count == names.count)
        for name in names {
            #expect(tests.contains("alertname: \(name)\n"), "alerts.test.yml has no test of \(name)")
            #expect(operations.contains("\n### \(name)\n"), "docs/operations.md doesn't say what \(name) means")
        }
        for metric in metrics(in: tests) { #expect(known[metric.name] != nil, "\(metric.name)") }
    }

    /// A misspelt variable would be a setting that is ignored.
    @Test func everyVariableIsASetting() throws {
        let settings = Set(Setting.allCases.map(\.variable))
        let folder = "/deploy/kubernetes/"
        let manifests: [String] = try FileManager.default.subpathsOfDirectory(atPath: Checkout.root + folder)
            .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".env") }.map { folder + $0 }
        #expect(manifests.contains(folder + "base/worker.env"))
        for file in ["/deploy/Dockerfile"] + manifests {
            let text = try String(contentsOfFile: Checkout.root + file, encoding: .utf8)
            for name in text.matches(of: /\bENTENTE_[A-Z0-9_]+/) where !name.0.hasPrefix("ENTENTE_KAFKA_PROPERTIES_") {
                #expect(settings.contains(String(name.0)), "\(file): \(name.0)")
            }
        }
        let compose = try String(contentsOfFile: Checkout.root + "/deploy/compose.yaml", encoding: .utf8)
        let example = try String(contentsOfFile: Checkout.root + "/deploy/env.example", encoding: .utf8)
        for name in compose.matches(of: /\$\{(\w+)/) {
            #expect(example.contains("\(name.1)=\n"), "env.example: \(name.1)")
        }
    }
}
