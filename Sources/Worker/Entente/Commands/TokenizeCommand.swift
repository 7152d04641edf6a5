import Analyzing
import ArgumentParser
import Inference

/// `tokenize`: the token ids that the text encoder reads.
struct TokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Print the token ids of texts, padded to the context length.")

    @Option(help: ArgumentHelp("Model directory.", valueName: "dir"))
    var model: String

    @OptionGroup var input: TextInput

    @Flag(help: "Print one JSON array a line.")
    var json = false

    @Argument(help: "Texts.")
    var texts: [String] = []

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let fromFile = try input.texts()
        guard fromFile == nil || texts.isEmpty else {
            throw CommandFailure(.usage, "Name the texts with a file or as arguments, not both.")
        }
        guard let texts = fromFile ?? (texts.isEmpty ? nil : texts) else {
            throw CommandFailure(.usage, "Name the texts with --text-file, --json-file or as arguments.")
        }
        let tokenizer = try ModelDirectory(model).tokenizer()
        for text in texts {
            let ids = tokenizer.tokens(text).map(String.init)
            try StandardOutput.line(json ? "[\(ids.joined(separator: ", "))]" : ids.joined(separator: " "))
        }
    }
}
