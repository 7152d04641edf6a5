import ArgumentParser
import Concepts
import Foundation
import Inference

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

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        guard !joint else {
            throw CommandFailure(.usage, "--joint is not implemented in this build; decompose image by image.")
        }
        let settings = try await global.settings([.workerBatchSize: batchSize.map(String.init)])
        let file = try AnalysisFile(path: analysis)
        BLAS.prepareForLanes()
        let model = try LoadedModel(directory: file.modelDirectory)
        let content = file.analysis(model: try Analysis.ModelFingerprint(directory: file.modelDirectory))
        let log = try settings.logger("entente.analyze")
        let builder = TextSideBuilder(cache: TextCache(log: log), shared: nil)
        let loaded = LoadedAnalysis(content, model: model, text: try builder.build(content, model: model))

        let label = try labelIndex(loaded)
        let pictures = try LocalPictures(settings: settings, preprocessor: loaded.preprocessor)
        let batch = try settings.integer(.workerBatchSize, in: 1...1024)
        let analyzer = ImageAnalyzer(loaded, batchSize: batch)
        let artifacts = try artifacts.map { try ArtifactFolder(path: $0) }
        let explanation = Explanation(analysis: content)
        let document = ReportDocument(content)
        let labelID = label.map { content.classes[$0].id }

        var failed = false
        for start in stride(from: 0, to: images.count, by: batch) {
            let paths = Array(images[start..<min(start + batch, images.count)])
            let results = paths.map { path in Self.prepare(path, label, pictures, loaded) }
            let prepared = results.compactMap { try? $0.get() }
            let findings = try Self.analyze(prepared, with: analyzer, artifacts)
            var next = findings.makeIterator()
            for (path, result) in zip(paths, results) {
                switch result {
                case .success:
                    // One for each picture that was prepared, in order.
                    let found = next.next()!
                    try StandardOutput.line(
                        json
                            ? document.line(image: path, label: labelID, findings: found)
                            : explanation.text(image: path, label: label, findings: found))
                case .failure(let failure):
                    failed = true
                    try StandardOutput.line(
                        json
                            ? ReportDocument.failureLine(
                                image: path, kind: failure.kind.rawValue, message: failure.description)
                            : "\(path)\n  \(failure)\n")
                }
            }
        }
        if failed { throw ExitCode(CommandFailure.Exit.badInput.rawValue) }
    }

    private func labelIndex(_ loaded: LoadedAnalysis) throws(CommandFailure) -> Int? {
        guard let label else { return nil }
        switch loaded.classIndex.find(label) {
        case .success(let index): return index
        case .failure(let failure): throw CommandFailure(.usage, "--label \"\(label)\" \(failure.rawValue).")
        }
    }

    private static func prepare(
        _ path: String, _ label: Int?, _ pictures: LocalPictures, _ loaded: LoadedAnalysis
    ) -> Result<PreparedImage, ImageFailure> {
        Result { () throws(ImageFailure) in
            let (picture, hash) = try pictures.attempt(path)
            return PreparedImage(id: path, label: label, picture: loaded.fit(picture), contentHash: hash)
        }
    }

    private static func analyze(
        _ images: [PreparedImage], with analyzer: ImageAnalyzer, _ artifacts: ArtifactFolder?
    ) throws -> [ImageFindings] {
        var prompts: [(Int, PartGrouping, [PromptedPart])] = []
        let findings = analyzer.analyze(images) { index, grouping, parts in
            if artifacts != nil { prompts.append((index, grouping, parts)) }
        }
        for (index, grouping, parts) in prompts {
            let display = analyzer.analysis.preprocessor.displayPicture(images[index].picture)
            try artifacts?.write(image: images[index].id, grouping: grouping, prompts: parts, on: display)
        }
        return findings
    }
}
