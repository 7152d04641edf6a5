import Foundation

/// Writes a safetensors file piece by piece and lets it appear under its name only when it is whole.
///
/// Shapes are declared first; rows are appended as they come, so that memory does not grow with the file. The bytes
/// go to a hidden neighbour of the target; ``finish()`` renames it. An owner that lets go earlier leaves nothing.
public final class SafetensorsWriter {
    /// A tensor to come.
    public struct Declaration: Sendable, Hashable {
        public let name: String
        public let dtype: SafetensorsDtype
        public let shape: [Int]

        public init(_ name: String, _ dtype: SafetensorsDtype = .float32, shape: [Int]) {
            precondition(shape.allSatisfy { $0 >= 0 }, "\(name): shape \(shape)")
            self.name = name
            self.dtype = dtype
            self.shape = shape
        }
    }

    /// A tensor's place in the file and how much of it is written.
    private struct Slot {
        let dtype: SafetensorsDtype
        var next: Int
        let end: Int
    }

    public let path: String
    /// ``path`` with links resolved.
    private let target: String
    private let temporary: String
    private var descriptor: CInt
    private var slots: [String: Slot] = [:]

    /// - Parameter metadata: what the file says of itself beside its tensors.
    /// - Throws: ``InferenceError/Code/unwritableFile``.
    public init(
        path: String, tensors: [Declaration], metadata: [String: String] = [:]
    ) throws(InferenceError) {
        self.path = path
        target = try Self.target(path)
        let url = URL(fileURLWithPath: target)
        temporary =
            url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString).partial").path
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.unwritable(path) }

        let header = Self.header(tensors, metadata)
        var offset = header.count
        for tensor in tensors {
            let size = tensor.shape.reduce(tensor.dtype.size, *)
            precondition(slots[tensor.name] == nil, "tensor \(tensor.name) is declared twice")
            slots[tensor.name] = Slot(dtype: tensor.dtype, next: offset, end: offset + size)
            offset += size
        }
        try header.withUnsafeBufferPointer { (bytes) throws(InferenceError) in
            try write(UnsafeRawBufferPointer(bytes), at: 0)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary)
    }

    /// Appends the next values of an F32 tensor.
    public func append(_ values: [Float], to name: String) throws(InferenceError) {
        try values.withUnsafeBufferPointer { (values) throws(InferenceError) in
            try append(UnsafeRawBufferPointer(values), to: name, as: .float32)
        }
    }

    /// Appends the next values of an I32 tensor.
    public func append(_ values: [Int32], to name: String) throws(InferenceError) {
        try values.withUnsafeBufferPointer { (values) throws(InferenceError) in
            try append(UnsafeRawBufferPointer(values), to: name, as: .int32)
        }
    }

    /// Appends the next values of an F64 tensor.
    public func append(doubles values: [Double], to name: String) throws(InferenceError) {
        try values.withUnsafeBufferPointer { (values) throws(InferenceError) in
            try append(UnsafeRawBufferPointer(values), to: name, as: .float64)
        }
    }

    /// Appends the next values of a tensor of any kind, as the file has them: little-endian.
    func append(raw bytes: UnsafeRawBufferPointer, to name: String) throws(InferenceError) {
        guard let slot = slots[name] else { preconditionFailure("tensor \(name) was not declared") }
        try append(bytes, to: name, as: slot.dtype)
    }

    /// Puts the file in its place, replacing what was there. Every declared value must have been appended.
    public func finish() throws(InferenceError) {
        for (name, slot) in slots {
            precondition(slot.next == slot.end, "tensor \(name) lacks \(slot.end - slot.next) bytes")
        }
        guard fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw Self.unwritable(path) }
        close(descriptor)
        descriptor = -1
    }

    /// What the rename will replace: the file behind a link, and nothing but a file.
    private static func target(_ path: String) throws(InferenceError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return path }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw InferenceError(.unwritableFile, "\(path) is there and is not a regular file; name another file")
        }
        guard let resolved = realpath(path, nil) else { throw unwritable(path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func append(_ bytes: UnsafeRawBufferPointer, to name: String, as dtype: SafetensorsDtype)
        throws(InferenceError)
    {
        guard let slot = slots[name] else { preconditionFailure("tensor \(name) was not declared") }
        precondition(slot.dtype == dtype, "tensor \(name) is \(slot.dtype.rawValue), not \(dtype.rawValue)")
        precondition(
            bytes.count <= slot.end - slot.next,
            "\(bytes.count) bytes for tensor \(name), which lacks "
                + "\(slot.end - slot.next)")
        try write(bytes, at: slot.next)
        slots[name]?.next += bytes.count
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(InferenceError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.unwritable(path) }
            done += written
        }
    }

    /// The length, the JSON in declaration order, and blanks so that the data begin at a multiple of 8.
    private static func header(_ tensors: [Declaration], _ metadata: [String: String]) -> [UInt8] {
        var offset = 0
        let said = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        let note = said.isEmpty ? [] : ["\"__metadata__\":{\(said.joined(separator: ","))}"]
        let fields: [String] =
            note
            + tensors.map { (tensor: Declaration) -> String in
                let end = offset + tensor.shape.reduce(tensor.dtype.size, *)
                defer { offset = end }
                let shape = tensor.shape.map(String.init).joined(separator: ",")
                return "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}"
            }
        var json = Array("{\(fields.joined(separator: ","))}".utf8)
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }

    private static func quoted(_ name: String) -> String {
        var result = "\""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                result += "\\u" + String(scalar.value + 0x10000, radix: 16).dropFirst()
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func unwritable(_ path: String) -> InferenceError {
        InferenceError(.unwritableFile, "\(path): can't be written: \(String(cString: strerror(errno)))")
    }
}
