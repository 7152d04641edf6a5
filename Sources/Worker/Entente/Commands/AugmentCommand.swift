import ArgumentParser
import Concepts
import Foundation
import Inference
import Persistence
import Settings

/// `augment`: a bank with what a model retrieves in images of neighbouring classes.
struct AugmentCommand: AsyncParsableCommand {
    enum Split: String, CaseIterable, ExpressibleByArgument {
        case even, odd, none

        var half: ImageSplit? {
            switch self {
            case .even: .even
            case .odd: .odd
            case .none: nil
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "augment",
        abstract: "Write a descriptor bank with the concepts retrieved in images of each class's neighbours.",
        discussion: """
            A class's neighbours are the two nearest by their text embeddings. Of the vision concepts of their labelled images \
            those are added that are there more often than chance would have it (exact hypergeometric p below 0.01), the most \
            frequent first. With --split even or odd one half of the images is read, by their ids; judge the bank on the other \
            (submit --split). Without, the labels of the images that it is judged on go into the bank.
            """)

    @Option(help: ArgumentHelp("Analysis: id, unique beginning of it, or name.", valueName: "id"))
    var from: String

    @Option(
        help: ArgumentHelp(
            "Bank of the classes' own descriptors (default: those of the analysis's classifier).",
            valueName: "file.json"))
    var bank: String?

    @Option(help: ArgumentHelp("File to write.", valueName: "bank.json"))
    var output: String

    @Option(help: "Half of the images to read: even, odd or none (all).")
    var split = Split.none

    @Option(help: ArgumentHelp("Part method whose concepts count (default: all).", valueName: "name"))
    var partMethod: String?

    @Option(help: ArgumentHelp("Concepts to add to a class at most.", valueName: "n"))
    var concepts = 5

    @Flag(help: "Let the class itself be the first of its two neighbours.")
    var own = false

    @Flag(help: "Print what was added as JSON.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard 1...1000 ~= concepts else { throw ValidationError("--concepts takes 1 to 1000, not \(concepts)") }
    }

    private struct Summary: Encodable {
        let analysis, output, split: String
        let images, unlabelled, classes, augmented_classes, added: Int
        /// By class id, those with any.
        let concepts: [String: [Identifier]]
    }

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("augment")
        let store = AnalysisStore(connection)
        let id = try store.resolve(from)
        guard let analysis = try store.load(id) else {
            throw CommandFailure(.badInput, "Analysis \(id) was deleted meanwhile.")
        }
        let rule = AugmentedBank.Rule(
            split: split.half, partMethod: partMethod, limit: concepts, includesOwn: own)
        let bank = try AugmentedBank.read(
            analysis, id: id, own: try bank.map { try Self.lists($0, analysis.classes) }, rule: rule, connection)
        do {
            try Data(bank.json().utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
            throw CommandFailure(.badInput, "--output: \(output) can't be written: \(error.localizedDescription).")
        }
        let added = bank.added.reduce(0) { $0 + $1.count }
        let augmented = bank.added.count { !$0.isEmpty }
        let images = bank.occurrences.images.reduce(0, +)
        guard json else {
            let protocolLine =
                rule.split.map {
                    "Mined on the half \($0.rawValue); judge it on the half \($0 == .even ? "odd" : "even") (submit --split)."
                }
                ?? "Mined on all images: the paper's protocol, under which labels of judged images are in the bank."
            return try StandardOutput.line(
                "\(neutral(output)): \(added) concepts added to \(augmented) of \(bank.classes.count) classes, out of \(images) "
                    + "labelled images\(bank.occurrences.unlabelled > 0 ? " (\(bank.occurrences.unlabelled) have no label)" : "").\n"
                    + protocolLine)
        }
        try StandardOutput.json(
            Summary(
                analysis: id, output: output, split: split.rawValue, images: images,
                unlabelled: bank.occurrences.unlabelled, classes: bank.classes.count, augmented_classes: augmented,
                added: added,
                concepts: Dictionary(
                    uniqueKeysWithValues: zip(bank.classes, bank.added).filter { !$1.isEmpty }.map { ($0.id.text, $1) })
            ))
    }

    /// - Throws: ``InvalidAnalysis`` unless every key and class bind.
    private static func lists(_ path: String, _ classes: [Analysis.Class]) throws -> [[Identifier]] {
        var problems: [Problem] = []
        guard let file = DescriptorBankFile(path: path, classes: classes, problems: &problems),
            let lists = file.lists(of: classes, for: "`augment`", problems: &problems)
        else { throw InvalidAnalysis(problems: problems) }
        return lists.map { $0.map { file.descriptors[$0] } }
    }
}
