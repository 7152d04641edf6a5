import Analyzing
import ArgumentParser
import Concepts
import Foundation
import Inference
import Reporting
import Settings

/// `analyze`: local pictures, no Kafka, no database.
struct AnalyzeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Explain local pictures: what the model sees in them, what it says of their class, where both meet.",
        discussion: "Prints a readable explanation, or with --json the report, one line an image.")

    @Option(help: ArgumentHelp("Analysis file.", valueName: "file.yaml"))
    var analysis: String

    @Flag(help: "Print the report as JSON, one line an image.")
    var json = false

    @Option(help: ArgumentHelp("Class id or unique class name of the pictures.", valueName: "id"))
    var label: String?

    @Option(help: ArgumentHelp("Folder for overlays and prompted pictures.", valueName: "dir"))
    var artifacts: String?

    @Flag(help: "Decompose the pictures jointly, as one group.")
    var joint = false

    @Option(help: ArgumentHelp("Pictures per encoder call; never changes a result.", valueName: "n"))
    var batchSize: Int?

    @Argument(help: "Picture files.")
    var images: [String]

    @OptionGroup var calibration: CalibrationOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings([.workerBatchSize: batchSize.map(String.init)])
        let file = try AnalysisFile(path: analysis, share: settings.value(.share))
        StandardError.warn(file.warnings())
        if !file.method.findsParts, joint || artifacts != nil {
            throw CommandFailure(
                .usage,
                "\(joint ? "--joint" : "--artifacts") is about parts, and \(analysis) finds none (method.parts.by is []); leave it out."
            )
        }
        let label = try labelIndex(ClassIndex(file.classes))
        let smoothing = try calibration.smoothing(of: file, path: analysis, settings: settings) { pictures in
            images.first(where: pictures.hold(path:))
        }
        let local = try LocalAnalysis(file, path: analysis, joint: joint, smoothing: smoothing, settings: settings)
        let loaded = local.loaded
        let content = loaded.analysis

        let batch = try settings.integer(.workerBatchSize, in: 1...1024)
        let analyzer = ImageAnalyzer(loaded, batchSize: batch)
        let artifacts = try artifacts.map { try ArtifactFolder(path: $0, analysis: content) }

        var printer = FindingsPrinter(loaded, label: label, json: json)
        // A picture of a group analysis that is not analysed jointly is a group of its own.
        let atOnce = joint ? images.count : content.method.decomposition == .group ? 1 : batch
        for start in stride(from: 0, to: images.count, by: atOnce) {
            let paths = Array(images[start..<min(start + atOnce, images.count)])
            let results = paths.map { local.prepare($0, label: label) }
            let prepared = results.compactMap { try? $0.get() }
            var drawings: [Int: ImageAnalyzer.Drawings] = [:]
            let findings = try analyzer.analyze(prepared, isGroupIncomplete: prepared.count < paths.count) {
                index, drawn in
                if artifacts != nil { drawings[index] = drawn }
            }
            for (index, image) in prepared.enumerated() {
                guard let drawn = drawings[index], case .success(let found) = findings[index] else { continue }
                try artifacts?.write(image: image.id.text, findings: found, drawings: drawn)
            }
            try printer.print(zip(paths, results), findings: findings)
        }
        if printer.hasFailures { throw ExitCode(CommandFailure.Exit.badInput.rawValue) }
    }

    private func labelIndex(_ classes: ClassIndex) throws(CommandFailure) -> Int? {
        guard let label else { return nil }
        switch classes.find(Identifier(label)) {
        case .success(let index): return index
        case .failure(let failure): throw CommandFailure(.usage, "--label \"\(label)\" \(failure.rawValue).")
        }
    }
}
