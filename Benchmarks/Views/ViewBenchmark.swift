import ArgumentParser
import Foundation
import Persistence
import Processes

/// Fills a database of its own with many analyses' results and times every query of every dashboard, and those of docs/sql.md,
/// against it.
///
///     swift run -c release view-benchmark
///
/// Warm: each query runs once before it is timed. Needs 8 GB of disk and some minutes.
@main
struct ViewBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view-benchmark", abstract: "Time the dashboards' and documented queries.")

    @Option(help: ArgumentHelp("Analyses of the same images.", valueName: "n"))
    var analyses = 20

    @Option(help: ArgumentHelp("Images of each; both part methods, so twice as many part results.", valueName: "n"))
    var images = 50_000

    @Option(help: ArgumentHelp("Runs of a query of which the median counts.", valueName: "n"))
    var rounds = 5

    @Option(
        help: ArgumentHelp("Where the cluster goes and stays, filled; default: a temporary folder.", valueName: "dir"))
    var folder: String?

    @Option(
        help: ArgumentHelp(
            "Folder of pictures that the images take in turns, for those who look at them with explore; default: none are there.",
            valueName: "dir"))
    var pictures: String?

    @Flag(help: "Fill the cluster and time nothing.")
    var onlyFill = false

    @Option(help: ArgumentHelp("Fail if a query takes longer than this.", valueName: "ms"))
    var limit: Double?

    func validate() throws {
        guard 2...100 ~= analyses else { throw ValidationError("--analyses takes 2 to 100, not \(analyses)") }
        guard 1000...1_000_000 ~= images else { throw ValidationError("--images takes 1000 to 1000000, not \(images)") }
        if let limit, limit <= 0 { throw ValidationError("--limit takes more than 0, not \(limit)") }
        guard 1...100 ~= rounds else { throw ValidationError("--rounds takes 1 to 100, not \(rounds)") }
    }

    /// Paths from the root, in the order of names.
    private func files() throws -> [String] {
        guard let pictures else { return [] }
        let folder = URL(filePath: pictures).standardizedFileURL.path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        guard !files.isEmpty else { throw ValidationError("--pictures \(pictures) holds no file") }
        return files.map { folder + "/" + $0 }
    }

    func run() throws {
        var options = PrivateCluster.Options()
        options.folder = folder
        options.durable = false
        let cluster = try PrivateCluster(options)
        defer { cluster.stop() }
        let database = try FilledDatabase(cluster, analyses: analyses, images: images, pictures: files())
        try print(database.sizes().joined(separator: "\n"))
        if onlyFill { return }
        let timings = try DashboardTimings(database.connection, rounds: rounds).measure()
        print("\n| dashboard | panel or variable | rows | ms |\n|---|---|---|---|")
        for timing in timings {
            print("| \(timing.dashboard) | \(timing.place) | \(timing.rows) | \(timing.milliseconds) |")
        }
        print("\nslowest: \(timings.map(\.median).max().map(DashboardTimings.Timing.written) ?? "none") ms")
        if let limit, timings.contains(where: { $0.median > limit }) { throw ExitCode.failure }
    }
}
