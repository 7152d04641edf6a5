import Concepts
import Fetch
import Foundation
import Persistence
import Reporting
import Settings
import Threads

/// Several models over the same pictures through queue and database, and what that says: whether models whose encoders agree
/// more are more accurate.
struct ZooRun {
    let share: String
    /// Folder for charts, examples and figures.
    let output: String
    let keep: Bool
    /// Whether explanations are judged, on half of the pictures.
    let judge: Bool
    /// What to leave open on the results; nil: nothing.
    let exploration: DemoExploration?
    let settings: Settings
    let stop: StopSignal

    private static let patience = 3000.0

    func run() throws {
        let folder = try OutputFolder(output, option: "--output")
        let zoo = share + "/zoo"
        let files = try analysisFiles(zoo)
        let images = try ImageFolder.list(zoo + "/heldout")
        print("Entente: does a CLIP whose encoders agree more classify better? \(files.count) small models find out\n")
        let rivals = judge ? try ZooRivals(zoo: zoo, share: share) : nil
        let stage = try DemoStage(
            modelPath: ([zoo + "/models"] + (rivals?.headFolders ?? [])).joined(separator: ":"), roots: share,
            settings: settings, stop: stop)
        defer { stage.close() }
        let start = ContinuousClock.now
        let judging = judge ? try ZooJudging(zoo: zoo, share: share, folder: folder) : nil
        let split = judging.map { _ in ZooJudging.split }
        let sent = try files.map { file in
            try stage.submit(judging?.judged(file) ?? file, images: images, split: split)
        }
        let pictures = sent.first?.images ?? 0
        DemoStage.say("submitted \(pictures) pictures under \(files.count) models")
        let others = try judging?.submitOthers(files, rivals?.files ?? [], images: images, to: stage) ?? .none
        try stage.follow(sent + others.all, patience: Self.patience)
        try judging?.augment(zip(files, sent).map { $0 }, images: images, on: stage, patience: Self.patience)
        let seconds = Double(start.duration(to: .now).microseconds) / 1e6
        try stage.finishWorkers()

        DemoStage.say("scoring against the generator's ground truth, resampling, shuffling classes")
        let truth = try GroundTruthFile(path: zoo + "/truth.json", limits: settings.decodingLimits())
        let scoring = GroundTruthScoring(file: truth, connection: stage.connection)
        let findings = ModelComparison(
            models: try zip(files, sent).map { file, sent in try model(file, sent, scoring) })
        try judging?.score(others.ablated, scoring)
        let count = Double(pictures * files.count)
        print(
            "\n\(Int(count)) results in \(readableDuration(seconds)), \(String(format: "%.1f", count / seconds)) a second\n"
        )
        print(ZooTables(findings).text)
        if let judging { print("\n" + (try judging.tables(findings, stage.connection))) }
        if let rivals { print("\n" + (try rivals.removal(images, split: ZooJudging.split, settings: settings))) }

        try write(findings, to: folder)
        try ZooExamples(findings: findings, files: files, zoo: zoo, settings: settings, connection: stage.connection)
            .write(to: folder)
        // The most accurate model's, with all of them beside it.
        try DemoPage(share: share, settings: settings, connection: stage.connection)
            .write(findings.models.reversed().map(\.analysis), to: folder)
        print("\nCharts, examples, a report and all figures as JSON are in \(neutral(output)):")
        for name in try folder.names() { print("  \(neutral(name))") }
        try exploration?.run(over: stage, picturesBelow: share)
        if keep { print("\n" + stage.keep()) }
    }

    /// One a model, in alphabetical order.
    private func analysisFiles(_ zoo: String) throws -> [AnalysisFile] {
        let names = try FileManager.default.contentsOfDirectory(atPath: zoo).filter { $0.hasSuffix(".yaml") }.sorted()
        return try names.map { try AnalysisFile(path: zoo + "/" + $0, share: share) }
    }

    private func model(
        _ file: AnalysisFile, _ sent: SentJobs, _ scoring: GroundTruthScoring
    ) throws -> ModelComparison.Model {
        guard let content = try AnalysisStore(scoring.connection).load(sent.analysis) else {
            throw CommandFailure(.bug, "The analysis \(sent.analysis) that was submitted is gone.")
        }
        _ = try scoring.score(content)
        return try ModelComparison.Model(named: file.name, content, id: sent.analysis, scoring.connection)
    }

    private func write(_ findings: ModelComparison, to folder: OutputFolder) throws {
        let charts = AgreementCharts(findings)
        for estimator in ModelComparison.estimators {
            try folder.write(
                charts.dynamics(estimator.of, named: estimator.name), as: "mi-dynamics-\(estimator.name).svg")
        }
        try folder.write(charts.accuracyOverAUC(), as: "auc-accuracy.svg")
        try folder.write(JSONEncoder.sorted(findings, isPretty: true) + "\n", as: "zoo.json")
    }
}
