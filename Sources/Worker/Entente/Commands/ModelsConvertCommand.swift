import Analyzing
import ArgumentParser
import Concepts
import Foundation
import Inference
import Settings

/// `models convert`: a model directory of a bare file that torch.save wrote.
struct ModelsConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Make a model directory of a bare file of weights that torch.save wrote.",
        discussion: """
            For weights that come without a configuration. The file is read as data and never run; a state dict is needed, or a \
            checkpoint that holds one. Architectures have open_clip's names and are files of share/architectures; pictures are \
            prepared as for all weights that open_clip names for one, or else as OpenAI's, unless options say otherwise. The \
            directory is checked whole before it appears.
            """)

    @Argument(help: ArgumentHelp("Weights, such as RemoteCLIP-ViT-B-32.pt.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Such as ViT-B-32, or ViT-B-32-quickgelu for OpenAI's activation.", valueName: "name"))
    var architecture: String

    @Option(help: ArgumentHelp("Model directory to write; it must not exist yet.", valueName: "dir"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Folder with vocab.json and merges.txt, or tokenizer.json, to put there too; without them texts can't be encoded.",
            valueName: "dir"))
    var tokenizer: String?

    @Option(
        help: ArgumentHelp("How pictures were made square in training: shortest, longest or squash.", valueName: "mode")
    )
    var resizeMode: String?

    @Option(help: ArgumentHelp("And how resized: bicubic or bilinear.", valueName: "filter"))
    var interpolation: String?

    @Option(help: ArgumentHelp("Mean of red, green and blue in training.", valueName: "r,g,b"))
    var mean: String?

    @Option(help: ArgumentHelp("And their standard deviations.", valueName: "r,g,b"))
    var std: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        for (name, value) in [("--mean", mean), ("--std", std)] {
            if let value, Self.numbers(value) == nil {
                throw ValidationError("\(name) takes three numbers as in 0.5,0.5,0.5, not \(quoted(value))")
            }
        }
    }

    private static func numbers(_ text: String) -> [Double]? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
        return numbers.count == 3 && numbers.allSatisfy(\.isFinite) ? numbers : nil
    }

    func run() async throws {
        let settings = try await global.settings()
        let path = try ArchitectureFile.path(of: architecture, share: settings.value(.share))
        guard let model = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.badInput, "\(path) can't be read.")
        }
        let configuration = try configuration(
            model, ArchitectureFile.preprocessing(of: architecture, share: settings.value(.share)))
        guard !FileManager.default.fileExists(atPath: output) else {
            throw CommandFailure(.badInput, "\(output) exists; name another --output.")
        }
        // Beside it, so that it can be renamed.
        let target = URL(fileURLWithPath: output).standardizedFileURL
        let staging = target.deletingLastPathComponent().appendingPathComponent(
            ".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))"
        ).path
        defer { try? FileManager.default.removeItem(atPath: staging) }
        try fill(staging, configuration)
        guard rename(staging, target.path) == 0 else { throw unwritable(String(cString: strerror(errno))) }

        let summary = try ModelSummary(output)
        try StandardOutput.line(summary.text(try Analysis.ModelFingerprint(directory: output)))
        if tokenizer == nil { StandardError.write("entente: \(try Self.tokenizerToAdd(to: model))\n") }
        try StandardOutput.line("In an analysis file: model: \(neutral(output))")
    }

    /// Everything that the directory is to hold, checked.
    private func fill(_ folder: String, _ configuration: Data) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try configuration.write(to: URL(fileURLWithPath: folder + "/open_clip_config.json"))
        } catch {
            throw unwritable(error.localizedDescription)
        }
        let directory = try ModelDirectory(folder)
        _ = try PreprocessConfiguration(json: [UInt8](directory.preprocessJSON), named: "the options")
        try copyTokenizer(to: folder, directory.configuration.text?.tokenizer)
        let weights = "\(folder)/\(directory.layout.weightsNames.safetensors)"
        try Checkpoint(path: file).convert(
            to: weights, metadata: ConvertedWeights.metadata(FileDigest.sha256([file])))
        _ = try ClipModel.load(directory, weights: Safetensors(path: weights, of: file))
    }

    /// What the user has to add, in a sentence.
    private static func tokenizerToAdd(to model: Data) throws -> String {
        struct Architecture: Decodable {
            struct Text: Decodable { let hf_tokenizer_name: String? }
            let text_cfg: Text
        }
        guard let name = try JSONDecoder().decode(Architecture.self, from: model).text_cfg.hf_tokenizer_name else {
            return
                "put vocab.json and merges.txt of the model's tokenizer there; for open_clip's models they are those of "
                + "openai/clip-vit-base-patch32"
        }
        return
            "put tokenizer.json and tokenizer_config.json of the model's tokenizer there; for open_clip's weights they are those of "
            + name
    }

    private func copyTokenizer(to folder: String, _ kind: TokenizerKind?) throws {
        guard let tokenizer else { return }
        func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(tokenizer)/\(name)") }
        let names = ModelDirectory.Layout.openClip.names(for: kind, where: has).tokenizer
        let hasVocabulary = names.contains("tokenizer.json") || names.contains("vocab.json")
        guard hasVocabulary else {
            let wanted = if case .file = kind { "no" } else { "neither vocab.json and merges.txt nor" }
            throw CommandFailure(.badInput, "\(tokenizer) holds \(wanted) tokenizer.json; name another --tokenizer.")
        }
        for name in names {
            do {
                try FileManager.default.copyItem(atPath: "\(tokenizer)/\(name)", toPath: "\(folder)/\(name)")
            } catch {
                throw unwritable(error.localizedDescription)
            }
        }
        _ = try ModelDirectory(folder).tokenizer()
    }

    /// An `open_clip_config.json` around a shipped architecture.
    private func configuration(_ model: Data, _ published: ArchitectureFile.Preprocessing) throws -> Data {
        var own = published
        if let mean = mean.flatMap(Self.numbers) { own.mean = mean }
        if let std = std.flatMap(Self.numbers) { own.std = std }
        if let interpolation { own.interpolation = interpolation }
        if let resizeMode { own.resize_mode = resizeMode }
        let preprocessing = try JSONEncoder.sorted(own)
        return Data("{\"model_cfg\": ".utf8) + model + Data(", \"preprocess_cfg\": \(preprocessing)}\n".utf8)
    }

    private func unwritable(_ reason: String) -> CommandFailure {
        CommandFailure(.badInput, "\(output) can't be written: \(reason); name another --output.")
    }
}
