import Foundation

/// Weights that are not where they are looked for, and what lies there in their place.
enum MissingWeights {
    /// What pickles are called; reading one runs whatever code it holds.
    private static let pickles = [".bin", ".pt", ".pth", ".ckpt", ".pkl"]

    /// - Parameter path: of a safetensors file that does not exist.
    static func error(_ path: String) -> InferenceError {
        let file = URL(fileURLWithPath: path)
        let folder = file.deletingLastPathComponent().path
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let name = file.lastPathComponent
        return InferenceError(.unreadableFile, "\(path): can't be read: it does not exist; \(advice(name, names))")
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
                "\(pickle.quoted) lies there, PyTorch's own format, which is not read since it may hold code; save its state dict as "
                + "\(name.quoted) with safetensors.torch.save_file"
        }
        return "put the model's weights there"
    }
}
