/// Hands out a model's tensors by name and expected shape, and knows at the end which ones nobody asked for.
///
/// Names are pushed like directories: `reader.scope("visual").scope("ln_pre")`.
final class TensorReader {
    private enum Backing {
        case file(Safetensors)
        /// Of seeded random values instead, for measurements.
        case random(UInt64)
    }

    private var backing: Backing
    private let naming: TensorNaming
    /// What makes layers that int8 narrows; nil for what needs nothing.
    fileprivate let layers: (any LayerMaker)?
    private var taken: Set<String> = []

    init(_ file: Safetensors, naming: TensorNaming = .openClip, layers: (any LayerMaker)? = nil) {
        backing = .file(file)
        self.naming = naming
        self.layers = layers
    }

    /// Answers every question with values of the size that trained ones have: norms near 1, products that keep theirs.
    init(randomSeed seed: UInt64) {
        backing = .random(seed)
        naming = .openClip
        layers = nil
    }

    /// The values of tensor `name`, row-major.
    ///
    /// - Parameters:
    ///   - name: open_clip's; messages have the file's own.
    ///   - shape: open_clip's.
    /// - Throws: ``InferenceError/Code/modelTensor`` if it is missing, has another shape, a dtype other than F32, F16
    ///   or BF16, or a value that is not finite.
    func floats(_ name: String, _ shape: [Int]) throws(InferenceError) -> [Float] {
        switch naming.source(of: name) {
        case .tensor(let stored):
            return try read(stored, shape)
        case .transposed(let stored):
            let (rows, columns) = (shape[0], shape[1])
            let values = try read(stored, [columns, rows])
            return (0..<rows * columns).map { values[$0 % columns * rows + $0 / columns] }
        case .within(let stored, let ones):
            return try read(stored, .init(repeating: 1, count: ones) + shape)
        case .stacked(let parts):
            var values: [Float] = []
            let share = [shape[0] / parts.count] + shape.dropFirst()
            for part in parts {
                values +=
                    try part.map { (name) throws(InferenceError) in try read(name, share) }
                    ?? [Float](repeating: 0, count: share.reduce(1, *))
            }
            return values
        case .share(let stored, let range, let count):
            let values = try read(stored, [shape[0] / range.count * count] + shape.dropFirst())
            return Array(values[values.count / count * range.lowerBound..<values.count / count * range.upperBound])
        }
    }

    /// As ``floats(_:_:)``, of values that are at least 0.
    func variances(_ name: String, _ shape: [Int]) throws(InferenceError) -> [Float] {
        let values = try floats(name, shape)
        guard case .file(let file) = backing, let negative = values.first(where: { $0 < 0 }) else { return values }
        throw InferenceError(
            .modelTensor,
            "\(file.path): tensor \(name) holds \(negative), and a variance is at least 0; take another copy of the model"
        )
    }

    /// The shape under which a tensor that is stored as one is found; nil if it is not there.
    func shape(_ name: String) -> [Int]? {
        guard case .file(let file) = backing else { return nil }
        switch naming.source(of: name) {
        case .tensor(let stored): return file[stored]?.shape
        case .within(let stored, let ones): return file[stored].map { Array($0.shape.dropFirst(ones)) }
        case .transposed, .stacked, .share: return nil
        }
    }

    private func read(_ name: String, _ shape: [Int]) throws(InferenceError) -> [Float] {
        let file: Safetensors
        switch backing {
        case .file(let found): file = found
        case .random(var state):
            let count = shape.reduce(1, *)
            let isGain = shape.count == 1 && (name.hasSuffix("weight") || name.hasSuffix("running_var"))
            let scale = isGain ? 0.1 : 1 / Float(max(shape.dropFirst().reduce(1, *), 1)).squareRoot()
            let values = (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (Float(state >> 40) / Float(1 << 23) - 1) * scale + (isGain ? 1 : 0)
            }
            backing = .random(state)
            return values
        }
        if let found = file[name], found.shape != shape {
            throw InferenceError(
                .modelTensor,
                "\(file.path): tensor \(name) has shape \(found.shape); the configuration asks for \(shape)")
        }
        guard file[name] != nil else { throw missing(name, in: file) }
        taken.insert(name)
        return try file.floats(name)
    }

    /// Tools that wrap a model save its tensors under a name of theirs: `module.`, `_orig_mod.`, `model.`.
    private func missing(_ name: String, in file: Safetensors) -> InferenceError {
        let wrapped = file.names.first { $0.hasSuffix("." + name) }.map { $0.dropLast(name.count) }
        guard let wrapped, file.names.allSatisfy({ $0.hasPrefix(wrapped) }) else {
            return InferenceError(.modelTensor, "\(file.path): tensor \(name): it is missing")
        }
        return InferenceError(
            .modelTensor,
            "\(file.path): tensor \(name): it is missing, and all names there begin with \(String(wrapped).quoted), which a wrapper "
                + "of the model puts before them; save the weights without it")
    }

    func scope(_ prefix: String) -> TensorScope {
        TensorScope(reader: self, prefix: "\(prefix).")
    }

    /// All tensors.
    var root: TensorScope { TensorScope(reader: self, prefix: "") }

    /// Names tensors that nothing was built from: the configuration describes another model than the weights are.
    func refuseRest() throws(InferenceError) {
        guard case .file(let file) = backing else { return }
        let rest = file.names.filter { !taken.contains($0) && !naming.isBuffer($0) }
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
    /// With the dot behind it; empty for all tensors.
    fileprivate let prefix: String

    func scope(_ name: String) -> TensorScope {
        TensorScope(reader: reader, prefix: "\(prefix)\(name).")
    }

    func floats(_ name: String, _ shape: [Int]) throws(InferenceError) -> [Float] {
        try reader.floats(prefix + name, shape)
    }

    /// Variances, none of which can be negative.
    func variances(_ name: String, _ shape: [Int]) throws(InferenceError) -> [Float] {
        try reader.variances(prefix + name, shape)
    }

    func shape(_ name: String) -> [Int]? { reader.shape(prefix + name) }

    /// A layer of weights that were found here, whatever was done to them since.
    ///
    /// - Parameters:
    ///   - name: of the weights.
    ///   - weights: `[outputs, inputs]`.
    ///   - bias: `[outputs]`, or empty.
    ///   - precision: what is computed in.
    func layer(
        _ name: String, weights: [Float], bias: [Float], inputs: Int, outputs: Int, precision: Precision
    ) throws(InferenceError) -> PackedLayer {
        guard precision == .int8, inputs <= PackedLayer.widestInt8, let maker = reader.layers else {
            return PackedLayer(weights: weights, bias: bias, inputs: inputs, outputs: outputs, precision: precision)
        }
        return try maker.layer(prefix + name, weights: weights, bias: bias, inputs: inputs, outputs: outputs)
    }
}
