import CKernels
import Foundation

/// A state dict that `torch.save` wrote, checked as a whole when opened and mapped while it is held. Nothing in it is ever run.
public final class Checkpoint: Sendable {
    private let file: MappedFile
    private let tensors: [(name: String, tensor: StoredTensor)]

    public var path: String { file.path }

    /// The tensors' names, in the file's order.
    public var names: [String] { tensors.map(\.name) }

    /// - Throws: ``InferenceError/Code/unreadableFile``, or ``InferenceError/Code/modelTensor`` naming the file, what stands in the
    ///   way and what mends it.
    public init(path: String) throws(InferenceError) {
        let file = try MappedFile(path: path)
        let contents = try file.withBytes { (bytes) throws(InferenceError) in
            try CheckpointContents(bytes, path: path)
        }
        self.file = file
        tensors = contents.tensors
    }

    /// The tensor's dtype and shape, or nil if the file has none of that name.
    public subscript(name: String) -> Safetensors.Description? {
        tensors.first { $0.name == name }.map { Self.description($0.tensor) }
    }

    /// Dtypes and shapes, in the file's order.
    public var descriptions: [Safetensors.Description] { tensors.map { Self.description($0.tensor) } }

    private static func description(_ tensor: StoredTensor) -> Safetensors.Description {
        .init(dtype: tensor.storage.dtype, shape: tensor.shape)
    }

    /// Writes all tensors to a safetensors file, F64 rounded to F32 as PyTorch does when it loads them into a model. Memory does not grow with
    /// the file.
    ///
    /// - Parameter metadata: that the file is to say of itself.
    /// - Throws: ``InferenceError/Code/unwritableFile``.
    public func convert(to target: String, metadata: [String: String] = [:]) throws(InferenceError) {
        let writer = try SafetensorsWriter(
            path: target,
            tensors: tensors.map { .init($0.name, Self.written($0.tensor.storage.dtype), shape: $0.tensor.shape) },
            metadata: metadata)
        for (name, tensor) in tensors {
            try file.withBytes { (bytes) throws(InferenceError) in
                try tensor.forEachPiece(in: bytes) { (piece) throws(InferenceError) in
                    if tensor.storage.dtype == .float64 {
                        try writer.append(Self.rounded(piece), to: name)
                    } else {
                        try writer.append(raw: piece, to: name)
                    }
                }
            }
            file.release(tensor.storage.range)
        }
        try writer.finish()
    }

    private static func written(_ dtype: SafetensorsDtype) -> SafetensorsDtype {
        dtype == .float64 ? .float32 : dtype
    }

    /// F64 to the nearest F32.
    private static func rounded(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        (0..<bytes.count / 8).map { Float(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self)) }
    }

    /// The values of a floating-point tensor, row-major: the narrow kinds widened exactly, F64 rounded.
    ///
    /// - Throws: ``InferenceError/Code/modelTensor`` if it is missing or of another kind.
    public func floats(_ name: String) throws(InferenceError) -> [Float] {
        guard let tensor = tensors.first(where: { $0.name == name })?.tensor else {
            throw InferenceError(.modelTensor, "\(path): tensor \(name.quoted): it is missing")
        }
        let dtype = tensor.storage.dtype
        guard [.float64, .float32, .float16, .bfloat16].contains(dtype) else {
            throw InferenceError(
                .modelTensor,
                "\(path): tensor \(name.quoted): its dtype is \(dtype.rawValue); floating-point values are needed")
        }
        var values: [Float] = []
        values.reserveCapacity(tensor.count)
        file.withBytes { bytes in
            tensor.forEachPiece(in: bytes) { (piece: UnsafeRawBufferPointer) in
                values += dtype == .float64 ? Self.rounded(piece) : Self.widened(piece, dtype)
            }
        }
        return values
    }

    private static func widened(_ bytes: UnsafeRawBufferPointer, _ dtype: SafetensorsDtype) -> [Float] {
        let count = bytes.count / dtype.size
        return [Float](unsafeUninitializedCapacity: count) { out, initialized in
            initialized = count
            guard let target = out.baseAddress, let source = bytes.baseAddress, count > 0 else { return }
            switch dtype {
            case .float16: RowKernels.current.half_to_float(source, target, count)
            case .bfloat16: RowKernels.current.bfloat16_to_float(source, target, count)
            default: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: bytes.count)
            }
        }
    }
}
