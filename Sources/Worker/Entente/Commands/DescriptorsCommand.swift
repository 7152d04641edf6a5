import Analyzing
import ArgumentParser
import Concepts
import Foundation
import Inference
import Persistence
import Settings

/// `descriptors`: what descriptor banks are like, and how well classes are told by them.
struct DescriptorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "descriptors",
        abstract: "Measure descriptor banks: how many, how long, how diverse, and how well classes are told by them.",
        discussion: """
            InterDiv is the share of entries whose string several classes have, which is our definition, since the paper has \
            none; overlap is the mean over classes of such a share. IntraDiv is the mean over classes of the mean cosine of their \
            descriptors' embeddings, lower being more diverse; it needs --encoder or --model. Accuracies come out of the tables: \
            those of analyses with the same model and classes whose classifier is made of the bank's lists.
            """)

    @Argument(help: "Banks: JSON objects of lists, or arrays.")
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "Sentence encoder: a folder in the layout of sentence-transformers, of type bert.", valueName: "dir"))
    var encoder: String?

    @Option(help: ArgumentHelp("CLIP model whose text encoder embeds the descriptors instead.", valueName: "dir"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Analysis whose model and classes accuracies are given for: id, unique beginning of it, or name.",
            valueName: "id"))
    var analysis: String?

    @Flag(help: "Print one JSON object a bank, on a line.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("name at least one bank") }
        guard encoder == nil || model == nil else {
            throw ValidationError("--encoder and --model are two ways to embed; name one")
        }
    }

    private struct Line: Encodable {
        let file: String
        let figures: BankFigures
        let encoder: String?
        /// nil unless an analysis was named; also nil for a bank whose keys are not its classes.
        let accuracies: [BankAccuracy]?

        enum CodingKeys: String, CodingKey { case file, figures, encoder, accuracies }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(file, forKey: .file)
            try container.encode(figures, forKey: .figures)
            // What is undefined is null.
            try container.encode(self.encoder, forKey: .encoder)
            try container.encode(accuracies, forKey: .accuracies)
        }
    }

    func run() async throws {
        let banks = try files.map(Self.read)
        var like: (analysis: Analysis, connection: Connection)?
        if let analysis {
            let connection = try await global.settings(database.flags).connect("descriptors")
            let store = AnalysisStore(connection)
            let id = try store.resolve(analysis)
            guard let content = try store.load(id) else {
                throw CommandFailure(.badInput, "Analysis \(id) was deleted meanwhile.")
            }
            like = (content, connection)
        }
        let encoder = try makeEncoder()
        var lines: [Line] = []
        for bank in banks {
            let encoded = try encoder.map { try $0.encode(bank.descriptors.map(\.text)) }
            lines.append(
                Line(
                    file: bank.path,
                    figures: BankFigures(
                        bank.descriptors, lists: bank.entries, hasClasses: !bank.keys.isEmpty, tokens: encoded?.tokens,
                        embeddings: encoded?.embeddings),
                    encoder: encoder?.name,
                    accuracies: try like.flatMap { like in
                        try Self.lists(bank, like.analysis.classes).map {
                            try BankAccuracy.find($0, like: like.analysis, like.connection)
                        }
                    }))
        }
        if json {
            for line in lines { try StandardOutput.json(line) }
        } else {
            try StandardOutput.line(Self.text(lines, encoder: encoder?.name))
        }
    }

    private func makeEncoder() throws -> DescriptorEncoder? {
        if let encoder { return .sentences(try SentenceEncoder(directory: encoder)) }
        return try model.map { .clip(try LoadedModel(directory: $0)) }
    }

    /// - Throws: ``InvalidAnalysis`` with every problem of the file.
    private static func read(_ path: String) throws -> DescriptorBankFile {
        var problems: [Problem] = []
        guard let file = DescriptorBankFile(path: path, classes: [], problems: &problems) else {
            throw InvalidAnalysis(problems: problems)
        }
        return file
    }

    /// Each class's descriptors, if the bank's keys are the classes; else nil, and a warning.
    private static func lists(_ bank: DescriptorBankFile, _ classes: [Analysis.Class]) -> [[Identifier]]? {
        var problems: [Problem] = []
        guard let bound = DescriptorBankFile(path: bank.path, classes: classes, problems: &problems),
            let lists = bound.lists(of: classes, for: "an accuracy", problems: &problems)
        else {
            StandardError.warn(problems)
            return nil
        }
        return lists.map { $0.map { bound.descriptors[$0] } }
    }

    private static func text(_ lines: [Line], encoder: String?) -> String {
        func share(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
        var table = TextTable(
            .text("bank"), .number("entries"), .number("unique"), .number("classes"), .number("a class"),
            .number("words"),
            .number("duplicates"), .number("by token"), .number("InterDiv"), .number("overlap"), .number("IntraDiv"))
        for line in lines {
            let figures = line.figures
            table.add(
                (line.file as NSString).lastPathComponent, "\(figures.entries)", "\(figures.unique)",
                figures.classes.map(String.init) ?? "–",
                figures.perClass.map { "\($0.fewest)–\($0.most), \(String(format: "%.1f", $0.mean))" } ?? "–",
                String(format: "%.1f", figures.words), share(figures.duplicates), share(figures.tokenDuplicates),
                share(figures.interDiv), share(figures.overlap), share(figures.intraDiv))
        }
        var text = [
            table.text,
            encoder.map { "IntraDiv and tokens by the \(neutral($0))." }
                ?? "IntraDiv and duplicates by token need an encoder: --encoder DIR, or --model DIR.",
            "InterDiv is our own definition: the share of entries that several classes have.",
        ]
        for line in lines {
            guard let accuracies = line.accuracies else { continue }
            text.append("")
            text.append((line.file as NSString).lastPathComponent)
            if accuracies.isEmpty {
                text.append(
                    "  no analysis of this model and these classes has `classifier: descriptors` with these lists")
            }
            for found in accuracies { text.append("  " + sentence(found)) }
        }
        return text.joined(separator: "\n")
    }

    private static func sentence(_ found: BankAccuracy) -> String {
        func percent(_ share: BankAccuracy.Share) -> String {
            String(format: "%.2f %% [%.2f, %.2f]", share.value * 100, share.lower * 100, share.upper * 100)
        }
        let head = "\(found.name) (\(found.analysis.prefix(8))), \(found.wording): "
        guard let top1 = found.top1, let top5 = found.top5 else { return neutral(head + "no labelled image yet") }
        return neutral(head + "top-1 \(percent(top1)), top-5 \(percent(top5)), over \(found.labelled) labelled images")
    }
}
