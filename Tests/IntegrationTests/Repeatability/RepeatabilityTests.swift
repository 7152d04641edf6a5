import Foundation
import Persistence
import Testbed
import Testing

@testable import Inference

/// The same pictures give the same rows, bit for bit, however they travel.
@Suite(.startsWorkers) struct RepeatabilityTests {
    /// One way for the pictures to become rows.
    struct Way: Sendable {
        let name: String
        let batchSize: Int
        var workers = 1
        var lanes = 1
        let imagesPerJob: Int
        var shuffled = false
    }

    static let ways = [
        Way(name: "one by one", batchSize: 1, imagesPerJob: 28),
        Way(name: "by seven, two workers", batchSize: 7, workers: 2, imagesPerJob: 3),
        Way(name: "all at once, shuffled", batchSize: 32, lanes: 2, imagesPerJob: 11, shuffled: true),
    ]
    static let ids = DrawnWorld.ids(perClass: 1)

    @Test func neitherBatchesNorWorkersNorOrderChangeARow() async throws {
        try await onOwnThread {
            let results = try Self.run(Self.ways, environment: [:])
            try Self.expectSameRows(results)
            try Self.expectAnalyzeAgrees(results[0], environment: [:])
        }
    }

    /// The kernels of another CPU, which sum in another order: their rows may differ from the others in the last bits,
    /// but among themselves they repeat too.
    @Test(arguments: [("avx2", "Haswell"), ("portable", "Nehalem")].filter { KernelSet.problem($0.0) == nil })
    func neitherDoTheyWithLesserKernels(own: String, openBLAS: String) async throws {
        try await onOwnThread {
            let environment = ["ENTENTE_KERNELS": own, "OPENBLAS_CORETYPE": openBLAS]
            let results = try Self.run([Self.ways[0], Self.ways[2]], environment: environment)
            try Self.expectSameRows(results)
            // Whatever the generation of our kernels.
            let names = Set(results.flatMap(\.kernelSets))
            #expect(names.count == 1 && names.allSatisfy { $0.hasPrefix("\(openBLAS)+\(own)+") }, "\(names)")
        }
    }

    struct Outcome {
        let way: Way
        let rows: StoredRows
        let analysis: String
        /// Distinct ones.
        let workers: Int
        let kernelSets: [String]
        /// Kept for further questions.
        let uri: String
    }

    /// Goes every way, each at a site of its own, at the same time.
    private static func run(_ ways: [Way], environment: [String: String]) throws -> [Outcome] {
        var sites: [Site] = []
        defer { sites.forEach { $0.end() } }
        var running: [[RunningProgram]] = []
        var submitted: [Site.Submitted] = []
        for way in ways {
            let site = try Site()
            sites.append(site)
            let order = way.shuffled ? shuffled(Self.ids) : Self.ids
            submitted.append(try site.submit(order, imagesPerJob: way.imagesPerJob))
            running.append(
                try (0..<way.workers).map { _ in
                    try site.worker(
                        ["--until-idle", "1", "--batch-size", "\(way.batchSize)", "--lanes", "\(way.lanes)"],
                        environment: environment)
                })
        }
        for program in running.joined() {
            let end = try program.wait(within: 180)
            try #require(end.status == 0, "\(end)")
        }
        return try zip(sites, zip(ways, submitted)).map { site, rest in
            let (way, submitted) = rest
            #expect(submitted.images == ids.count)
            #expect(submitted.jobs == (ids.count + way.imagesPerJob - 1) / way.imagesPerJob)
            let connection = try site.connect()
            try site.expectRollupsTrue()
            return Outcome(
                way: way, rows: try StoredRows(connection), analysis: submitted.analysis,
                workers: try connection.number("SELECT count(DISTINCT worker) FROM entente.image_results"),
                kernelSets: try connection.strings("SELECT DISTINCT kernel_set FROM entente.image_results"),
                uri: site.uri)
        }
    }

    /// The same other order each time.
    private static func shuffled(_ ids: [String]) -> [String] {
        // Coprime to the number of pictures, so that each is met once.
        let stride = 17
        precondition(ids.count % stride != 0)
        return ids.indices.map { ids[($0 * stride + 5) % ids.count] }
    }

    private static func expectSameRows(_ outcomes: [Outcome]) throws {
        for outcome in outcomes {
            #expect(outcome.rows.count("image") == ids.count, "\(outcome.way.name)")
            #expect(outcome.rows.count("part") == 2 * ids.count, "\(outcome.way.name)")
            #expect(outcome.rows.count("summary") == 4, "\(outcome.way.name)")
            #expect(outcome.workers == outcome.way.workers, "\(outcome.way.name)")
            #expect(outcome.analysis == outcomes[0].analysis)
            let differing = outcome.rows.differences(from: outcomes[0].rows)
            #expect(differing == [], "\(outcome.way.name) against \(outcomes[0].way.name)")
        }
    }

    /// `analyze` has no queue and no database, and says the same.
    private static func expectAnalyzeAgrees(_ outcome: Outcome, environment: [String: String]) throws {
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        let end = try Product.run(
            ["analyze", "--analysis", DrawnWorld.analysis, "--json", "--batch-size", "5"] + ids.map(DrawnWorld.path),
            in: scratch, environment: environment)
        try #require(end.status == 0, "\(end)")
        let lines = end.output.split(separator: "\n")
        try #require(lines.count == ids.count)
        let connection = try Connection(uri: outcome.uri, settings: .patient(applicationName: "integration test"))
        let stored = try StoredReports(connection)
        for (id, line) in zip(ids, lines) {
            let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
            #expect(report.image == DrawnWorld.path(id))
            #expect(report.analysis == outcome.analysis)
            #expect(report.label == nil)
            #expect(try report.prediction == stored.prediction(id), "\(id)")
            #expect(report.partMethods.keys.sorted() == ["kmeans", "pca"])
            for (method, part) in report.partMethods { #expect(try part == stored.part(id, method), "\(id)") }
        }
    }
}
