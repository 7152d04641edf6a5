import Analyzing
import ArgumentParser
import Concepts
import Foundation
import Inference
import Settings

/// `models`: what models there are, what they are, and whether they can be used.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List, inspect, check, fetch and make model directories.",
        subcommands: [
            ModelsListCommand.self, ModelsInspectCommand.self, ModelsVerifyCommand.self, ModelsFetchCommand.self,
            ModelsConvertCommand.self,
        ])
}

/// `models list`: the directories of the model path.
struct ModelsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the models in the directories of ENTENTE_MODEL_PATH.")

    @Option(help: ArgumentHelp("Directories of models, colon-separated (ENTENTE_MODEL_PATH).", valueName: "dirs"))
    var modelPath: String?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings([.modelPath: modelPath])
        let directories = ModelLibrary.directories(in: settings.paths(.modelPath))
        for directory in directories {
            do {
                let summary = try ModelSummary(directory)
                if json {
                    try StandardOutput.json(text: summary.json)
                } else {
                    try StandardOutput.line("\(neutral(directory))  \(summary.line)")
                }
            } catch {
                if json {
                    try StandardOutput.json(
                        text: ReportDocument.failureLine(
                            image: Identifier(directory), kind: "unusable_model", message: neutral("\(error)")))
                } else {
                    try StandardOutput.line(neutral("\(directory)  can't be used: \(error)"))
                }
            }
        }
        if directories.isEmpty, !json {
            try StandardOutput.line("No model directory below \(Setting.modelPath.variable).")
        }
    }
}

/// `models inspect`: one directory's configuration and identity.
struct ModelsInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show a model directory's architecture, preprocessing and hashes, without reading its weights in.")

    @Flag(help: "Print JSON.")
    var json = false

    @Argument(help: "Model directory.")
    var directory: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let summary = try ModelSummary(directory)
        let fingerprint = try Analysis.ModelFingerprint(directory: directory)
        if json {
            try StandardOutput.json(text: summary.json(fingerprint))
        } else {
            try StandardOutput.line(summary.text(fingerprint))
        }
    }
}

/// `models verify`: reads every tensor and the vocabulary, and encodes one picture and one text.
struct ModelsVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Read a model whole: every tensor's name, shape, dtype and values, and its vocabulary; encode a picture and a text.",
        discussion: "Exit code 0 if it can be used, else 65 with what is wrong.")

    @Argument(help: "Model directory.")
    var directory: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        BLAS.prepareForLanes()
        let model = try LoadedModel(directory: directory)
        try model.tryVision()
        guard try !ModelDirectory.files(of: directory).tokenizer.isEmpty else {
            try StandardOutput.line(
                "\(neutral(directory)) is whole, but has no vocabulary: texts can't be encoded with it.")
            return
        }
        _ = try model.directory.tokenizer()
        if model.clip.text != nil { try model.tryText() }
        try StandardOutput.line("\(neutral(directory)) is whole: weights, preprocessing and vocabulary.")
    }
}
