import Concepts
import Dashboards
import Testbed
import Testing

@testable import Persistence

/// Every query of every dashboard, as the role that Grafana reads with, against rows that the worker's own code wrote.
@Suite struct DashboardTests {
    private let connection: Connection

    init() throws {
        connection = try TestDatabase().connect()
        try DashboardRows.write(on: connection)
        try connection.exec("SET ROLE entente_reader")
    }

    private var session: DashboardSession {
        DashboardSession(
            connection,
            Interpolation(from: "now() - interval '1 hour'", to: "now() + interval '1 hour'", intervalSeconds: 60))
    }

    private static let dashboards = Result { try Dashboard.ofThisCheckout() }

    @Test func everyQueryAnswersWithTheColumnsThatItsPanelNames() throws {
        for dashboard in try Self.dashboards.get() {
            for question in try session.questions(of: dashboard) {
                let place: Comment = "\(dashboard.title), \(question.panel.title) with \(question.choice)"
                let rows = try ask(question, place)
                let columns = Set(rows.columns)
                if question.panel.namesEveryColumn {
                    #expect(columns == question.panel.namedColumns, place)
                } else {
                    let missing = question.panel.namedColumns.subtracting(columns)
                    #expect(missing.isEmpty, "\(place): \(missing.sorted())")
                }
                #expect(columns.count == rows.columns.count, place)
                try #require(rows.count > 0, "\(place) shows nothing")
                for (index, column) in rows.columns.enumerated() {
                    let isNumber = Self.numbers.contains(rows.types[index])
                    if question.panel.numericColumns.contains(column) { #expect(isNumber, "\(place): \(column)") }
                    if question.panel.type == .timeseries {
                        #expect(isNumber || column == "metric", "\(place): \(column)")
                    }
                }
            }
        }
    }

    private func ask(_ question: DashboardSession.Question, _ place: Comment) throws -> Rows {
        do { return try connection.query(question.sql) } catch {
            Issue.record("\(place): \(error)\n\(question.sql)")
            throw error
        }
    }

    /// smallint, integer, bigint, real, double precision, numeric.
    private static let numbers: Set<UInt32> = [21, 23, 20, 700, 701, 1700]

    /// A mutual information means nothing without the name of what estimated it.
    @Test func theEstimatorStandsBesideEveryAmount() throws {
        for dashboard in try Self.dashboards.get() {
            for question in try session.questions(of: dashboard) {
                let columns = try connection.query(question.sql).columns
                guard columns.contains(where: { $0.contains(/(^|_)(mi|auc)(_|$)/) }) else { continue }
                #expect(columns.contains("estimator"), "\(dashboard.title), \(question.panel.title): \(columns)")
                let isNamed =
                    question.panel.title.contains("$estimator") || question.panel.namedColumns.contains("estimator")
                #expect(isNamed, "\(dashboard.title), \(question.panel.title)")
            }
        }
    }

    @Test func whatIsProvisionedIsWhatIsAsked() throws {
        let dashboards = try Self.dashboards.get()
        #expect(dashboards.count == 6)
        #expect(Set(dashboards.map(\.uid)).count == dashboards.count)
        let source = DataSource(type: "grafana-postgresql-datasource", uid: "entente")
        for dashboard in dashboards {
            #expect(!dashboard.description.isEmpty, "\(dashboard.title)")
            for variable in dashboard.variables where variable.type == .query { #expect(variable.datasource == source) }
            for panel in dashboard.panels {
                #expect(panel.datasource == source && panel.targets.allSatisfy { $0.datasource == source })
                #expect(!panel.description.isEmpty, "\(dashboard.title), \(panel.title)")
                #expect(panel.targets.allSatisfy { ($0.format == "time_series") == (panel.type == .timeseries) })
            }
        }
    }

    /// The roll-ups of what `view-benchmark` fills its database with equal the rows, and no panel is empty.
    @Test func theBenchmarksRowsAreTrue() throws {
        // …/Tests/PersistenceTests/Dashboards/DashboardTests.swift
        let filling = try String(contentsOfFile: Checkout.root + "/Benchmarks/Views/fill.sql", encoding: .utf8)
        let filled = try TestDatabase().connect()
        try filled.exec("SET fill.analyses = 2; SET fill.images = 1000")
        try filled.exec(filling)
        #expect(try Verifier(filled).differences() == [])
        let january = Interpolation(from: "'2026-01-01'", to: "'2026-02-01'", intervalSeconds: 1800)
        for dashboard in try Self.dashboards.get() {
            for question in try DashboardSession(filled, january).questions(of: dashboard) {
                #expect(try filled.query(question.sql).count > 0, "\(dashboard.title), \(question.panel.title)")
            }
        }
    }

    /// Grafana takes these columns by their names.
    @Test func annotationsHaveATimeAndSayWhat() throws {
        let interpolation = Interpolation(
            from: "now() - interval '1 hour'", to: "now() + interval '1 hour'", intervalSeconds: 60)
        let annotations = try Self.dashboards.get().flatMap(\.annotations.list)
        #expect(!annotations.isEmpty)
        for annotation in annotations {
            let rows = try connection.query(try interpolation(annotation.target.rawSql))
            #expect(rows.columns == ["time", "text", "tags"], "\(annotation.name)")
            let kinds: [String] = try (0..<rows.count).map { try rows.text($0, 2) }
            #expect(Set(kinds) == ["submit", "replay"], "\(annotation.name)")
        }
    }

    @Test func whatIsNotKnownIsNoSQL() throws {
        let interpolation = Interpolation(from: "a", to: "b", intervalSeconds: 60)
        for sql in ["SELECT $__unixEpochFilter(x)", "SELECT '$nobody'", "SELECT ${nobody}"] {
            #expect(throws: DashboardError.self, "\(sql)") { try interpolation(sql) }
        }
        for fill in ["", ", 0", ", NULL"] {
            #expect(
                try interpolation(
                    "SELECT $__timeGroupAlias(m, $__interval\(fill)), $__interval_ms WHERE $__timeFilter(m)")
                    == "SELECT floor(extract(epoch from m)/60)*60 AS \"time\", 60000 WHERE m BETWEEN a AND b")
        }
    }
}
