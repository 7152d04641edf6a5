import Analyzing
import ArgumentParser
import Fetch
import Foundation
import Inference
import Settings

/// `encode`: image embeddings, and on request what the encoder saw and its patch features, to safetensors.
struct EncodeCommand: AsyncParsableCommand {
    enum Extra: String, CaseIterable {
        case pixelValues = "pixel_values"
        case patchTokens = "patch_tokens"
        case patchKeys = "patch_keys"
        case densePatches = "dense_patches"
    }

    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Write image embeddings to a safetensors file.",
        discussion: """
            image_embeddings is [N, e] and not normalised. --include adds pixel_values [N, 3, S, S], patch_tokens \
            [N, n, d] (last block, before the final norm, without the class token) and patch_keys [N, n, d] (without \
            bias), and dense_patches [N, n, e], what the method named by --dense makes of the patches, not normalised. Rows \
            are in argument order. If one image fails, nothing is written.
            """)

    @Option(help: ArgumentHelp("Model directory.", valueName: "dir"))
    var model: String

    @Option(help: ArgumentHelp("Safetensors file to write.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "pixel_values, patch_tokens, patch_keys, dense_patches; comma-separated.", valueName: "names"))
    var include: String = ""

    @Option(
        help: ArgumentHelp(
            "Method of dense_patches: \(DenseMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "method"))
    var dense: DenseMethod?

    @Option(help: ArgumentHelp("Images per encoder call; never changes a result.", valueName: "n"))
    var batchSize: Int?

    @Argument(help: "Picture files.")
    var images: [String]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings([.workerBatchSize: batchSize.map(String.init)])
        let extras = try parsedExtras()
        let batch = try settings.integer(.workerBatchSize, in: 1...1024)
        BLAS.prepareForLanes()
        let model = try LoadedModel(directory: model)
        guard !extras.contains(.patchKeys) || model.directory.configuration.vision.hasKeys else {
            throw CommandFailure(
                .badInput, "\(model.directory.path) is a convolutional network and has no patch_keys; leave them out.")
        }
        let session = try session(extras, model, batchSize: batch)
        let pictures = try LocalPictures(settings: settings, preprocessor: model.preprocessor)

        let outputs = Self.outputs(extras)
        let writer = try SafetensorsWriter(path: output, tensors: declarations(extras, model))
        for start in stride(from: 0, to: images.count, by: batch) {
            let inputs = try images[start..<min(start + batch, images.count)].map { path in
                let picture = try pictures.load(path).picture
                return pictures.preprocessor.input(pictures.preprocessor.fit(picture, as: .official))
            }
            let encoded = session.encode(inputs, including: outputs)
            for (place, path) in images[start...].prefix(batch).enumerated() {
                if let overflow = encoded.overflow(of: place, named: path) { throw overflow }
            }
            try writer.append(encoded.embeddings.elements, to: "image_embeddings")
            for extra in extras {
                let rows =
                    switch extra {
                    case .pixelValues: inputs.map { $0.pixelValues(side: model.vision.imageSize) }
                    case .patchTokens: encoded.patchTokens.map(\.elements)
                    case .patchKeys: encoded.patchKeys.map(\.elements)
                    case .densePatches: encoded.densePatches.map(\.elements)
                    }
                for row in rows { try writer.append(row, to: extra.rawValue) }
            }
        }
        try writer.finish()
    }

    private func declarations(_ extras: Set<Extra>, _ model: LoadedModel) -> [SafetensorsWriter.Declaration] {
        let vision = model.vision
        let patches = vision.gridHeight * vision.gridWidth
        return [.init("image_embeddings", shape: [images.count, model.embeddingWidth])]
            + extras.sorted { $0.rawValue < $1.rawValue }.map { extra in
                let shape =
                    switch extra {
                    case .pixelValues: [3, vision.imageSize, vision.imageSize]
                    case .patchTokens, .patchKeys: [patches, vision.width]
                    case .densePatches: [patches, model.embeddingWidth]
                    }
                return .init(extra.rawValue, shape: [images.count] + shape)
            }
    }

    /// The vision encoder at work, with the dense method that is asked for.
    private func session(
        _ extras: Set<Extra>, _ model: LoadedModel, batchSize: Int
    ) throws -> any VisionSession {
        guard extras.contains(.densePatches) else {
            if let dense { throw CommandFailure(.usage, "--dense \(dense.rawValue) is for --include dense_patches.") }
            return model.vision.session(batchSize: batchSize)
        }
        guard let dense else { throw CommandFailure(.usage, "--include dense_patches needs a method: --dense naclip.") }
        guard !dense.needsTexts else {
            throw CommandFailure(
                .usage, "\(dense.rawValue) depends on texts; use entente dense, or another method for dense_patches.")
        }
        return try model.transformer(for: dense).dense(dense).session(batchSize: batchSize)
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
        if extras.contains(.densePatches) { outputs.insert(.dense) }
        return outputs
    }
}
