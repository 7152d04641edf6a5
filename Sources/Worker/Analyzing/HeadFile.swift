import Concepts
import Foundation
import Inference

/// A trained head on disk: a safetensors file whose metadata says what it belongs to (docs/rivals.md §4).
package struct HeadFile {
    /// What it is called in the folder that `entente train` writes.
    package static let name = "head.safetensors"
    static let settingsKey = "settings"

    package let path: String
    private let file: Safetensors

    /// - Parameter folder: that `entente train` wrote.
    /// - Throws: `InferenceError` naming the file that is missing or damaged.
    package init(folder: String) throws(InferenceError) {
        path = folder + "/" + Self.name
        guard FileManager.default.fileExists(atPath: path) else {
            throw InferenceError(
                .unreadableFile, "\(path) is missing; name a folder that entente train has written a head into.")
        }
        file = try Safetensors(path: path)
    }

    /// Why the head is of no use for the analysis; nil if it is, as far as the file says.
    package func refusal(of method: PartMethod, in analysis: Analysis) -> String? {
        HeadIdentity(method, of: analysis).refusal(of: file.metadata, path: path)
    }

    /// The head at work.
    ///
    /// - Throws: `InferenceError` for a head of something else than the analysis.
    package func head(
        _ method: PartMethod, of analysis: Analysis, model: LoadedModel, text: TextSide
    ) throws(InferenceError) -> TrainedHead {
        if let refusal = refusal(of: method, in: analysis) { throw InferenceError(.modelConfiguration, refusal) }
        guard let settings = Self.settings(file.metadata) else {
            throw InferenceError(
                .modelConfiguration, "\(path): its settings can't be read; train the head anew with entente train.")
        }
        let shape = HeadShape(method, of: analysis, model: model, settings: settings)
        var parameters: [Double] = []
        for tensor in shape.tensors {
            let values = try file.floats(tensor.name)
            guard file[tensor.name]?.shape == tensor.shape else {
                throw InferenceError(
                    .modelTensor,
                    "\(path): tensor \(tensor.name) is \(file[tensor.name]?.shape ?? []), and model, bank and classes make it "
                        + "\(tensor.shape); train the head anew with entente train.")
            }
            parameters += values.map(Double.init)
        }
        return TrainedHead(shape, parameters: parameters, texts: text.bankEmbeddings)
    }

    /// Those that an analysis names, in the order of its part methods.
    ///
    /// - Parameter folder: of a method's head, by the SHA-256 of its file.
    package static func heads(
        of analysis: Analysis, model: LoadedModel, text: TextSide, folder: (PartMethod, String) throws -> String
    ) throws -> [TrainedHead] {
        try analysis.method.parts.by.compactMap { method in
            guard method.needsTraining, let hash = analysis.explainer(method) else { return nil }
            return try HeadFile(folder: folder(method, hash)).head(method, of: analysis, model: model, text: text)
        }
    }

    /// Writes a head into a folder; numbers in single precision.
    ///
    /// - Parameter notes: what else the metadata says.
    package static func write(
        _ training: HeadTraining, identity: HeadIdentity, notes: [String: String], folder: String
    ) throws {
        var metadata = identity.metadata.merging(notes) { own, _ in own }
        metadata[settingsKey] = try JSONEncoder.sorted(training.settings)
        let tensors = training.shape.tensors
        let writer = try SafetensorsWriter(
            path: folder + "/" + name, tensors: tensors.map { .init($0.name, shape: $0.shape) }, metadata: metadata)
        for tensor in tensors {
            try writer.append(training.state.parameters[tensor.range].map { Float($0) }, to: tensor.name)
        }
        try writer.finish()
    }

    private static func settings(_ metadata: [String: String]) -> HeadSettings? {
        guard
            let text = metadata[settingsKey],
            let settings = try? JSONDecoder().decode(HeadSettings.self, from: Data(text.utf8)),
            settings.problems.isEmpty
        else { return nil }
        return settings
    }
}

extension HeadShape {
    /// As large as the analysis and the model make it.
    package init(_ method: PartMethod, of analysis: Analysis, model: LoadedModel, settings: HeadSettings) {
        let (vision, width) = (model.vision, model.vision.width)
        let patchWidth =
            switch analysis.method.features {
            case .tokens, .keys: width
            case .ensemble: 2 * width
            case .dense: model.embeddingWidth
            }
        self.init(
            method: method, concepts: analysis.descriptors.count, textWidth: model.embeddingWidth,
            patchWidth: patchWidth, classes: analysis.classes.count, width: settings.width,
            gridHeight: vision.gridHeight, gridWidth: vision.gridWidth)
    }
}
