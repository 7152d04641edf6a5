/// What a file that `torch.save` wrote holds: checked as a whole, its numbers not touched.
struct CheckpointContents {
    /// In the file's order.
    let tensors: [(name: String, tensor: StoredTensor)]

    /// Views may show a number several times, as those of expanded tensors do: bytes that all tensors may have for one of the file.
    private static let mostExpansion = 8

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - path: for messages.
    /// - Throws: ``InferenceError/Code/modelTensor`` naming the file, what stands in the way and what mends it.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(InferenceError) {
        do {
            tensors = try Self.read(bytes)
        } catch {
            throw InferenceError(.modelTensor, "\(path): \(error.reason); \(error.mend)")
        }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer
    ) throws(CheckpointFault) -> [(name: String, tensor: StoredTensor)] {
        let archive = try StoredArchive(bytes)
        if let order = archive.entries["byteorder"], !bytes[order].elementsEqual("little".utf8) {
            throw CheckpointFault(
                "its numbers are not little-endian", mend: "load it with PyTorch and save it again on another machine")
        }
        guard let pickle = archive.entries["data.pkl"] else {
            throw CheckpointFault("it is a zip archive without data.pkl, and nothing that torch.save writes")
        }
        let dict = try StateDict(
            PickleReader.read(UnsafeRawBufferPointer(rebasing: bytes[pickle])) { archive.entries["data/" + $0] })
        var size = 0
        for (name, tensor) in dict.tensors {
            let (sum, overflow) = size.addingReportingOverflow(tensor.size)
            guard !overflow, sum <= bytes.count * mostExpansion else {
                throw CheckpointFault(
                    damaged:
                        "its tensors, \(name.quoted) among them, claim more than \(mostExpansion) times the file's size"
                )
            }
            size = sum
        }
        return dict.tensors
    }
}
