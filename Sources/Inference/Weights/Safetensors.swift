import CKernels
import Foundation

/// A safetensors file, checked as a whole when opened and mapped while it is held.
///
/// Tensors are copied out and converted; nothing keeps pointing into the file.
public final class Safetensors: Sendable {
    /// What the header says of a tensor.
    public struct Description: Sendable, Hashable {
        public let dtype: SafetensorsDtype
        /// Extents, outermost first; empty for a scalar.
        public let shape: [Int]
    }

    private let file: MappedFile
    private let header: SafetensorsHeader

    /// What messages call it.
    public let path: String

    /// The tensors' names in ascending order.
    public var names: [String] { header.entries.keys.sorted() }

    /// - Parameter original: the file that this one was made of, if messages are to name that.
    /// - Throws: ``InferenceError/Code/unreadableFile``, or ``InferenceError/Code/modelTensor`` when the header
    ///   contradicts itself or the file's size.
    public init(path: String, of original: String? = nil) throws(InferenceError) {
        guard FileManager.default.fileExists(atPath: path) else { throw MissingWeights.error(path) }
        let file = try MappedFile(path: path)
        let header: Result<SafetensorsHeader, InferenceError> = file.withBytes { bytes in
            Result { () throws(InferenceError) in try SafetensorsHeader(bytes, path: path) }
        }
        self.file = file
        self.path = original ?? path
        self.header = try header.get()
    }

    /// The tensor's dtype and shape, or nil if the file has none of that name.
    public subscript(name: String) -> Description? {
        header.entries[name].map { Description(dtype: $0.dtype, shape: $0.shape) }
    }

    /// The values of an F32, F16 or BF16 tensor, row-major; the narrow kinds are widened exactly.
    ///
    /// - Throws: ``InferenceError/Code/modelTensor`` if it is missing, of another dtype, or holds a value that is
    ///   not finite.
    public func floats(_ name: String) throws(InferenceError) -> [Float] {
        let entry = try entry(name)
        let count = entry.range.count / entry.dtype.size
        guard [.float32, .float16, .bfloat16].contains(entry.dtype) else {
            throw refusal(name, "its dtype is \(entry.dtype.rawValue); F32, F16 or BF16 is needed")
        }
        let values = file.withBytes { bytes in
            [Float](unsafeUninitializedCapacity: count) { out, initialized in
                initialized = count
                // An empty tensor has nothing to copy.
                guard let target = out.baseAddress, let start = bytes.baseAddress, count > 0 else { return }
                let source = start + entry.range.lowerBound
                switch entry.dtype {
                case .float16: RowKernels.current.half_to_float(source, target, count)
                case .bfloat16: RowKernels.current.bfloat16_to_float(source, target, count)
                default:
                    UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: entry.range.count)
                }
            }
        }
        // x - x is zero for every finite x and NaN for the others.
        guard values.reduce(0, { $0 + ($1 - $1) }) == 0 else {
            throw refusal(name, "it holds values that are not finite")
        }
        return values
    }

    /// The values of an F64 tensor, row-major.
    ///
    /// - Throws: ``InferenceError/Code/modelTensor`` if it is missing, of another dtype, or holds a value that is not finite.
    public func doubles(_ name: String) throws(InferenceError) -> [Double] {
        let entry = try entry(name)
        guard entry.dtype == .float64 else {
            throw refusal(name, "its dtype is \(entry.dtype.rawValue); F64 is needed")
        }
        let values: [Double] = file.withBytes { bytes in
            (0..<entry.range.count / 8).map { index in
                let bits = bytes.loadUnaligned(fromByteOffset: entry.range.lowerBound + 8 * index, as: UInt64.self)
                return Double(bitPattern: UInt64(littleEndian: bits))
            }
        }
        guard values.allSatisfy(\.isFinite) else { throw refusal(name, "it holds values that are not finite") }
        return values
    }

    /// One entry along the first extent of an F32 tensor, row-major: so that a large tensor need not be in memory whole.
    ///
    /// - Throws: ``InferenceError/Code/modelTensor`` if it is missing, of another dtype, or holds a value that is not finite there.
    public func floats(_ name: String, at index: Int) throws(InferenceError) -> [Float] {
        let entry = try entry(name)
        guard entry.dtype == .float32, let extent = entry.shape.first, (0..<extent).contains(index) else {
            throw refusal(name, "it is \(entry.dtype.rawValue) \(entry.shape); F32 with an entry \(index) is needed")
        }
        let size = entry.range.count / extent
        let values = file.withBytes { bytes in
            [Float](unsafeUninitializedCapacity: size / 4) { out, initialized in
                initialized = size / 4
                guard let target = out.baseAddress, let start = bytes.baseAddress, size > 0 else { return }
                UnsafeMutableRawPointer(target).copyMemory(
                    from: start + entry.range.lowerBound + index * size, byteCount: size)
            }
        }
        guard values.reduce(0, { $0 + ($1 - $1) }) == 0 else {
            throw refusal(name, "it holds values that are not finite")
        }
        return values
    }

    /// The values of an I32 tensor, row-major.
    ///
    /// - Throws: ``InferenceError/Code/modelTensor`` if it is missing or of another dtype.
    public func integers(_ name: String) throws(InferenceError) -> [Int32] {
        let entry = try entry(name)
        guard entry.dtype == .int32 else {
            throw refusal(name, "its dtype is \(entry.dtype.rawValue); I32 is needed")
        }
        return file.withBytes { bytes in
            (0..<entry.range.count / 4).map { index in
                Int32(
                    littleEndian: bytes.loadUnaligned(
                        fromByteOffset: entry.range.lowerBound + 4 * index, as: Int32.self))
            }
        }
    }

    /// What the file says of itself beside its tensors.
    public var metadata: [String: String] { header.metadata }

    private func entry(_ name: String) throws(InferenceError) -> SafetensorsHeader.Entry {
        guard let entry = header.entries[name] else { throw refusal(name, "it is missing") }
        return entry
    }

    private func refusal(_ name: String, _ reason: String) -> InferenceError {
        InferenceError(.modelTensor, "\(path): tensor \(name): \(reason)")
    }
}
