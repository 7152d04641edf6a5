import Analyzing
import ArgumentParser
import Inference

/// `encode-text`: text embeddings and token ids to safetensors.
struct EncodeTextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode-text",
        abstract: "Write text embeddings to a safetensors file.",
        discussion: "text_embeddings is [N, e] and not normalised, token_ids [N, context_length].")

    @Option(help: ArgumentHelp("Model directory.", valueName: "dir"))
    var model: String

    @OptionGroup var input: TextInput

    @Option(help: ArgumentHelp("Safetensors file to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Threads that encode (default: one a core); never changes a result.", valueName: "n"))
    var lanes: Int?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings([.workerLanes: lanes.map(String.init)])
        let lanes = try settings.integer(.workerLanes, in: 1...512)
        guard let texts = try input.texts() else {
            throw CommandFailure(.usage, "Name the texts with --text-file or --json-file.")
        }
        BLAS.prepareForLanes()
        let model = try LoadedModel(directory: model)
        let session = try TextSession(model)
        let embeddings = try session.encode(texts, lanes: lanes)
        let writer = try SafetensorsWriter(
            path: output,
            tensors: [
                .init("text_embeddings", shape: [texts.count, model.embeddingWidth]),
                .init("token_ids", .int32, shape: [texts.count, model.clip.text?.contextLength ?? 0]),
            ])
        try writer.append(embeddings.elements, to: "text_embeddings")
        for row in session.tokens(texts) { try writer.append(row, to: "token_ids") }
        try writer.finish()
    }
}
