import Foundation
import Persistence
import Settings
import Threads

/// The whole main job on this machine: the demo's pictures submitted, taken by worker processes, results printed.
struct DemoRun {
    let share: String
    /// Folder for the report.
    let output: String
    let keep: Bool
    /// What to leave open on the results; nil: nothing.
    let exploration: DemoExploration?
    let settings: Settings
    let stop: StopSignal

    private static let patience = 900.0

    func run() throws {
        print("Entente: what a small CLIP's image encoder and text encoder agree on, from job queue to table\n")
        let folder = try OutputFolder(output, option: "--output")
        let start = ContinuousClock.now
        let stage = try DemoStage(
            modelPath: share + "/demo/model", roots: share, settings: settings, stop: stop)
        defer { stage.close() }
        let sent = try stage.submit(
            AnalysisFile(path: share + "/demo/analysis.yaml"), images: ImageFolder.list(share + "/demo/heldout"))
        DemoStage.say(
            "submitted \(sent.images) held-out pictures as \(sent.jobs) jobs over \(DemoStage.partitions) partitions")
        try stage.follow([sent], patience: Self.patience)
        let seconds = Double(start.duration(to: .now).microseconds) / 1e6
        try stage.finishWorkers()

        let report = DemoReport(stage.connection, analysis: sent.analysis)
        print(try report.text(seconds: seconds, workers: DemoStage.workerCount))
        try DemoPage(share: share, settings: settings, connection: stage.connection).write([sent.analysis], to: folder)
        print("\nA report with pictures to open in a browser: \(neutral(output))/report.html")
        try exploration?.run(over: stage, picturesBelow: share)
        print(
            keep
                ? "\n" + stage.keep()
                : "\nLook for yourself: scripts/demo --keep leaves the database running and says how to reach it.")
    }
}
