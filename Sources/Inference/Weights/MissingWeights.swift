import Foundation

/// Weights that are not where they are looked for, and what lies there in their place.
enum MissingWeights {
    /// What pickles are called.
    private static let pickles = [".bin", ".pt", ".pth", ".ckpt", ".pkl"]

    /// - Parameter path: of a safetensors file that does not exist.
    static func error(_ path: String) -> InferenceError {
        let file = URL(fileURLWithPath: path)
        let folder = file.deletingLastPathComponent().path
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let name = file.lastPathComponent
        return InferenceError(.unreadableFile, "\(path): can't be read: it does not exist; \(advice(name, names))")
    }

    /// The pickled file that is read in the place of a safetensors file.
    private static func pickled(_ name: String) -> String {
        WeightsNames.all.first { $0.safetensors == name }?.pickled ?? name
    }

    private static func advice(_ name: String, _ names: [String]) -> String {
        let others = names.filter { $0.hasSuffix(".safetensors") }
        if let index = names.first(where: { $0.hasSuffix(".safetensors.index.json") || $0.hasSuffix(".bin.index.json") }
        ) {
            return
                "\(index.quoted) lies there, of weights in several files (shards), which are not read; save them as one, \(name.quoted)"
        }
        if others.count > 1, others.allSatisfy({ $0.contains("-of-") }) {
            return "the weights are in several files (shards), which are not read; save them as one, \(name.quoted)"
        }
        if let other = others.first {
            return "\(other.quoted) lies there: if it is of this model and in this layout, call it \(name.quoted)"
        }
        if let pickle = names.first(where: { name in pickles.contains { name.hasSuffix($0) } }) {
            return
                "\(pickle.quoted) lies there, PyTorch's own format: if it is of this model, call it \(pickled(name).quoted), or convert "
                + "it with entente models convert"
        }
        return "put the model's weights there"
    }
}
