import Concepts
import Foundation
import Inference

/// EZPC's trained map on disk: a safetensors file whose metadata says what it belongs to (docs/rivals.md §7.2).
package enum ConceptMapFile {
    /// What it is called in the folder that `entente train` writes.
    package static let name = "map.safetensors"
    private static let tensor = "map"

    /// Writes the map of the lowest loss into a folder; numbers in single precision.
    ///
    /// - Parameter notes: what else the metadata says.
    package static func write(
        _ best: ConceptMapTraining.Best, of analysis: Analysis, notes: [String: String], folder: String
    ) throws {
        let identity = HeadIdentity(mapOf: analysis)
        let count = analysis.descriptors.count
        let writer = try SafetensorsWriter(
            path: folder + "/" + name, tensors: [.init(tensor, shape: [count, best.rows.count / count])],
            metadata: identity.metadata.merging(notes) { own, _ in own })
        try writer.append(best.rows.map { Float($0) }, to: tensor)
        try writer.finish()
    }

    /// The map at work.
    ///
    /// - Parameter classes: embeddings, `[C, e]`.
    /// - Throws: `InferenceError` for a file that is missing, damaged, or of something else than the analysis.
    package static func map(
        folder: String, of analysis: Analysis, classes: Matrix
    ) throws(InferenceError) -> ConceptMap {
        let path = folder + "/" + name
        guard FileManager.default.fileExists(atPath: path) else {
            throw InferenceError(
                .unreadableFile, "\(path) is missing; name a folder that entente train --baseline ezpc has written.")
        }
        let file = try Safetensors(path: path)
        let identity = HeadIdentity(mapOf: analysis)
        if let refusal = identity.refusal(of: file.metadata, path: path, or: "leave out --map") {
            throw InferenceError(.modelConfiguration, refusal)
        }
        let rows = try file.floats(tensor)
        let shape = [analysis.descriptors.count, classes.columns]
        guard file[tensor]?.shape == shape else {
            throw InferenceError(
                .modelTensor,
                "\(path): tensor \(tensor) is \(file[tensor]?.shape ?? []), and model and bank make it \(shape); train it anew "
                    + "with entente train.")
        }
        return ConceptMap(
            descriptors: Matrix(rows: shape[0], columns: shape[1], elements: rows), classes: classes)
    }
}
