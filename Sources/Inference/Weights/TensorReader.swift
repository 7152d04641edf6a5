/// Hands out a model's tensors by name and expected shape, and knows at the end which ones nobody asked for.
///
/// Names are pushed like directories: `reader.scope("visual").scope("ln_pre")`.
final class TensorReader {
    private let file: Safetensors
    private var taken: Set<String> = []

    init(_ file: Safetensors) {
        self.file = file
    }

    /// The values of tensor `name`, row-major.
    ///
    /// - Throws: ``InferenceError/Code/modelTensor`` if it is missing, has another shape, a dtype other than F32, F16
    ///   or BF16, or a value that is not finite.
    func floats(_ name: String, _ shape: [Int]) throws(InferenceError) -> [Float] {
        if let found = file[name], found.shape != shape {
            throw InferenceError(
                .modelTensor,
                "\(file.path): tensor \(name) has shape \(found.shape); the configuration asks for \(shape)")
        }
        taken.insert(name)
        return try file.floats(name)
    }

    func scope(_ prefix: String) -> TensorScope {
        TensorScope(reader: self, prefix: prefix)
    }

    /// Names tensors that nothing was built from: the configuration describes another model than the weights are.
    ///
    /// - Parameter tolerating: names of buffers that hold no weights.
    func refuseRest(tolerating buffers: Set<String>) throws(InferenceError) {
        let rest = file.names.filter { !taken.contains($0) && !buffers.contains($0) }
        guard let first = rest.first else { return }
        let others = rest.count > 1 ? " and \(rest.count - 1) more are" : " is"
        throw InferenceError(
            .modelTensor,
            "\(file.path): tensor \(first)\(others) not part of the model that the configuration describes")
    }
}

/// The tensors below one prefix.
struct TensorScope {
    let reader: TensorReader
    let prefix: String

    func scope(_ name: String) -> TensorScope {
        TensorScope(reader: reader, prefix: "\(prefix).\(name)")
    }

    func floats(_ name: String, _ shape: [Int]) throws(InferenceError) -> [Float] {
        try reader.floats("\(prefix).\(name)", shape)
    }
}
