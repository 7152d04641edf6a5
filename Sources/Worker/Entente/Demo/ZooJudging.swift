import Concepts
import Foundation
import Inference
import Persistence
import Reporting
import Settings

/// What `demo --zoo --judge` adds: explanations judged, classes told by descriptors with and without what a model retrieves, and what
/// features, decomposition and transport are worth, all of it in the paper's tables (docs/judged.md).
struct ZooJudging {
    /// Beside the models' own analyses.
    struct Others {
        /// Of one model, by other choices of the method.
        var ablated: [SentJobs] = []
        /// Classes told by their descriptors.
        var told: [SentJobs] = []
        /// Of heads that had to be trained.
        var trained: [SentJobs] = []
        static let none = Others()
        var all: [SentJobs] { ablated + told + trained }
    }

    /// The half that is judged, and that concepts are mined on; the other has a say of their worth that they know nothing of.
    static let split = ImageSplit.even
    /// The model whose choices are varied.
    private static let varied = "vit-s12"

    private let zoo: String
    private let share: String
    private let folder: OutputFolder
    /// Banks, and the analyses that are made of them.
    private let banks: OutputFolder

    init(zoo: String, share: String, folder: OutputFolder) throws {
        self.zoo = zoo
        self.share = share
        self.folder = folder
        banks = try OutputFolder(folder.path + "/banks", option: "--output")
    }

    /// - Parameter foreground: whether the foreground is judged as well.
    func judged(_ file: AnalysisFile, foreground: Bool = true) -> AnalysisFile {
        var judged = file
        var evaluation = MethodParameters.Evaluation()
        (evaluation.faithfulness, evaluation.foreground) = (.init(), foreground)
        judged.method.evaluation = evaluation
        return judged
    }

    /// Analyses that need nothing of others.
    ///
    /// - Parameter rivals: analyses of trained heads.
    func submitOthers(
        _ files: [AnalysisFile], _ rivals: [AnalysisFile], images: FolderListing, to stage: DemoStage
    ) throws -> Others {
        var others = Others()
        for file in rivals {
            // Their foreground is that of the parts.
            others.trained.append(
                try stage.submit(judged(file, foreground: false), images: images, split: Self.split))
        }
        for file in files {
            others.told.append(
                try stage.submit(
                    told(file, name: file.name + " told", bank: zoo + "/descriptors.json"), images: images))
        }
        for file in files where file.name == Self.varied {
            for variant in Self.variants(of: file) {
                others.ablated.append(try stage.submit(variant, images: images, split: Self.split))
            }
        }
        return others
    }

    private static func variants(of file: AnalysisFile) -> [AnalysisFile] {
        func variant(_ what: String, _ change: (inout MethodParameters) -> Void) -> AnalysisFile {
            var variant = file
            variant.name += " " + what
            change(&variant.method)
            return variant
        }
        return [
            variant("no transport") { $0.retrieval.transport = nil },
            // The foreground is the same under either part method.
            variant("by pca") { ($0.foreground.by, $0.parts.by) = (.pca, [.kmeans]) },
            variant("keys") { ($0.features, $0.parts.by) = (.keys, [.kmeans]) },
            variant("keys by pca") { ($0.features, $0.foreground.by, $0.parts.by) = (.keys, .pca, [.kmeans]) },
        ]
    }

    /// Mines each model's own results, and runs it over all pictures with what came out among its classes' descriptors.
    func augment(
        _ judged: [(file: AnalysisFile, sent: SentJobs)], images: FolderListing, on stage: DemoStage, patience: Double
    ) throws {
        DemoStage.say("adding to each class what was retrieved in pictures of its neighbours")
        let store = AnalysisStore(stage.connection)
        let sent = try judged.compactMap { file, sent -> SentJobs? in
            guard let content = try store.load(sent.analysis) else {
                throw CommandFailure(.bug, "The analysis \(sent.analysis) that was submitted is gone.")
            }
            let own = try lists(file)
            let bank = try AugmentedBank.read(
                content, id: sent.analysis, own: own, rule: .init(split: Self.split), stage.connection)
            // The same bank would be the same analysis.
            guard bank.added.contains(where: { !$0.isEmpty }) else { return nil }
            try banks.write(bank.json(), as: file.name + ".json")
            return try stage.submit(
                told(file, name: file.name + " told more", bank: banks.path + "/\(file.name).json"), images: images)
        }
        try stage.follow(sent, patience: patience)
    }

    /// Each class's own descriptors.
    private func lists(_ file: AnalysisFile) throws -> [[Identifier]] {
        var problems: [Problem] = []
        guard let bank = file.bank, let lists = bank.lists(of: file.classes, for: "`augment`", problems: &problems)
        else { throw InvalidAnalysis(problems: problems) }
        return lists.map { $0.map { bank.descriptors[$0] } }
    }

    /// An analysis that only predicts, its classes told by a bank's lists; written down beside the banks, so that it can be run again.
    private func told(_ file: AnalysisFile, name: String, bank: String) throws -> AnalysisFile {
        let yaml = """
            name: \(try JSONEncoder.sorted(name))
            model: \(try JSONEncoder.sorted(file.modelDirectory))
            classes: \(try JSONEncoder.sorted(absolute(zoo + "/classes.json")))
            descriptors: \(try JSONEncoder.sorted(absolute(bank)))
            classifier: descriptors
            method: {parts: {by: []}}

            """
        let written = name.replacing(" ", with: "-") + ".yaml"
        try banks.write(yaml, as: written)
        return try AnalysisFile(path: banks.path + "/" + written, share: share)
    }

    private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// The ablations' results against ground truth.
    func score(_ sent: [SentJobs], _ scoring: GroundTruthScoring) throws {
        let store = AnalysisStore(scoring.connection)
        for sent in sent {
            if let content = try store.load(sent.analysis) { _ = try scoring.score(content) }
        }
    }

    /// Written in every form, and given as text.
    func tables(_ findings: ModelComparison, _ connection: Connection) throws -> String {
        let tables = try PaperTableReader(connection, known: findings.models).read(nil).tables
        for (format, ending) in [(PaperTableFormat.csv, "csv"), (.latex, "tex"), (.html, "html")] {
            try folder.write(format.text(tables) + "\n", as: "tables." + ending)
        }
        return PaperTableFormat.text.text(tables)
    }
}
