import ArgumentParser
import Foundation
import Inference

/// `encode`: image embeddings, and on request what the encoder saw and its patch features, to safetensors.
struct EncodeCommand: AsyncParsableCommand {
    enum Extra: String, CaseIterable {
        case pixelValues = "pixel_values"
        case patchTokens = "patch_tokens"
        case patchKeys = "patch_keys"
    }

    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Write image embeddings to a safetensors file.",
        discussion: """
            image_embeddings is [N, e] and not normalised. --include adds pixel_values [N, 3, S, S], patch_tokens \
            [N, n, d] (last block, before the final norm, without the class token) and patch_keys [N, n, d] (without \
            bias). Rows are in argument order. If one image fails, nothing is written.
            """)

    @Option(help: ArgumentHelp("Model directory.", valueName: "dir"))
    var model: String

    @Option(help: ArgumentHelp("Safetensors file to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("pixel_values, patch_tokens, patch_keys; comma-separated.", valueName: "names"))
    var include: String = ""

    @Option(help: ArgumentHelp("Images per encoder call; never changes a result.", valueName: "n"))
    var batchSize: Int?

    @Argument(help: "Picture files.")
    var images: [String]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings([.workerBatchSize: batchSize.map(String.init)])
        let extras = try parsedExtras()
        BLAS.prepareForLanes()
        let model = try LoadedModel(directory: model)
        guard !extras.contains(.patchKeys) || model.directory.configuration.vision.hasKeys else {
            throw CommandFailure(
                .badInput, "\(model.directory.path) is a convolutional network and has no patch_keys; leave them out.")
        }
        let pictures = try LocalPictures(settings: settings, preprocessor: model.preprocessor)

        let batch = try settings.integer(.workerBatchSize, in: 1...1024)
        let workspace = model.vision.makeWorkspace(batchSize: batch)
        let outputs = Self.outputs(extras)
        let writer = try SafetensorsWriter(path: output, tensors: declarations(extras, model))
        for start in stride(from: 0, to: images.count, by: batch) {
            let pixels = try images[start..<min(start + batch, images.count)].map { path in
                let picture = try pictures.load(path).picture
                return pictures.preprocessor.pixelValues(pictures.preprocessor.fit(picture, as: .official))
            }
            let encoded = model.vision.encode(pixels, including: outputs, in: workspace)
            try writer.append(encoded.embeddings.elements, to: "image_embeddings")
            for extra in extras {
                let rows =
                    switch extra {
                    case .pixelValues: pixels
                    case .patchTokens: encoded.patchTokens.map(\.elements)
                    case .patchKeys: encoded.patchKeys.map(\.elements)
                    }
                for row in rows { try writer.append(row, to: extra.rawValue) }
            }
        }
        try writer.finish()
    }

    private func declarations(_ extras: Set<Extra>, _ model: LoadedModel) -> [SafetensorsWriter.Declaration] {
        let vision = model.vision
        let patches = [images.count, vision.gridHeight * vision.gridWidth, vision.width]
        let pixels = [images.count, 3, vision.imageSize, vision.imageSize]
        return [.init("image_embeddings", shape: [images.count, model.embeddingWidth])]
            + extras.sorted { $0.rawValue < $1.rawValue }.map {
                .init($0.rawValue, shape: $0 == .pixelValues ? pixels : patches)
            }
    }

    private func parsedExtras() throws(CommandFailure) -> Set<Extra> {
        var extras: Set<Extra> = []
        for name in include.split(separator: ",") {
            guard let extra = Extra(rawValue: String(name)) else {
                throw CommandFailure(
                    .usage,
                    "--include does not know \"\(name)\"; it knows "
                        + Extra.allCases.map(\.rawValue).joined(separator: ", ") + ".")
            }
            extras.insert(extra)
        }
        return extras
    }

    private static func outputs(_ extras: Set<Extra>) -> PatchOutputs {
        var outputs: PatchOutputs = []
        if extras.contains(.patchTokens) { outputs.insert(.tokens) }
        if extras.contains(.patchKeys) { outputs.insert(.keys) }
        return outputs
    }
}
