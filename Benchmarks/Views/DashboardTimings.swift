import Dashboards
import Foundation
import Persistence

/// How long each query of the dashboards and of docs/sql.md takes as the role that Grafana reads with.
struct DashboardTimings {
    private let connection: Connection
    private let rounds: Int
    private let session: DashboardSession

    struct Timing {
        let dashboard: String
        let place: String
        let rows: Int
        /// Of the slowest choice of the custom variables.
        let median: Double

        var milliseconds: String { Self.written(median) }
        static func written(_ milliseconds: Double) -> String { String(format: "%.1f", milliseconds) }
    }

    init(_ connection: Connection, rounds: Int) {
        self.connection = connection
        self.rounds = rounds
        // All that there is: `fill.sql` writes results from the first of January on.
        session = DashboardSession(
            connection, Interpolation(from: "'2026-01-01'", to: "'2026-02-15'", intervalSeconds: 1800))
    }

    func measure() throws -> [Timing] {
        try connection.exec("SET ROLE entente_reader")
        defer { try? connection.exec("RESET ROLE") }
        return try Dashboard.ofThisCheckout().flatMap(measure) + documented()
    }

    /// Asked of the first image and class that `fill.sql` writes, and of its first replay.
    private func documented() throws -> [Timing] {
        let names = DocumentedNames(
            analysis: "imagenet-val-model-01", replay: "imagenet-val-model-02",
            image: "n01440764/ILSVRC2012_val_00000000.JPEG", className: "class number 0")
        return try DocumentedQuery.ofThisCheckout().map { query in
            let (rows, median) = try time(query.asked(of: names))
            return Timing(dashboard: "docs/sql.md", place: query.title, rows: rows, median: median)
        }
    }

    private func measure(_ dashboard: Dashboard) throws -> [Timing] {
        var slowest: [String: Timing] = [:]
        var order: [String] = []
        func note(_ place: String, _ sql: String) throws {
            let (rows, median) = try time(sql)
            if slowest[place] == nil { order.append(place) }
            guard median > slowest[place]?.median ?? 0 else { return }
            slowest[place] = Timing(dashboard: dashboard.title, place: place, rows: rows, median: median)
        }
        let questions = try session.questions(of: dashboard) { variable, sql, _ in
            try note("variable \(variable.name)", sql)
        }
        for question in questions { try note(question.panel.title, question.sql) }
        return order.compactMap { slowest[$0] }
    }

    private func time(_ sql: String) throws -> (rows: Int, milliseconds: Double) {
        let rows = try connection.query(sql).count
        let clock = ContinuousClock()
        let times = try (0..<rounds).map { _ in
            let elapsed = try clock.measure { try connection.query(sql) }
            return Double(elapsed.components.seconds) * 1e3 + Double(elapsed.components.attoseconds) / 1e15
        }
        return (rows, times.sorted()[rounds / 2])
    }
}
