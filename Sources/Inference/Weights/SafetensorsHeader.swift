/// The table of contents of a safetensors file: 8 bytes of little-endian length, then that much JSON.
struct SafetensorsHeader: Sendable {
    struct Entry: Sendable, Hashable {
        let dtype: SafetensorsDtype
        let shape: [Int]
        /// Bytes within the file.
        let range: Range<Int>
    }

    /// What the format allows, and far above any model's header.
    private static let longestHeader = 100_000_000

    let entries: [String: Entry]
    /// Texts that nothing here depends on; those that are none are left out.
    let metadata: [String: String]

    /// What PyTorch saves is an archive too.
    private static func mend(_ other: StandIn) -> String {
        other.name.contains("archive")
            ? "if PyTorch saved it, convert it with entente models convert, or give it a name that ends in .bin"
            : other.mend
    }

    /// Checks everything that the header claims against `bytes`, the whole file.
    ///
    /// - Throws: ``InferenceError/Code/modelTensor`` naming the file and, where there is one, the tensor.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(InferenceError) {
        func refusal(_ reason: String) -> InferenceError {
            InferenceError(.modelTensor, "\(path): not a complete safetensors file: \(reason)")
        }
        // A header's length is no text, so that none of these begins like a file that could be one.
        if let other = StandIn(bytes) {
            throw InferenceError(.modelTensor, "\(path): \(other.name) and no safetensors file; \(Self.mend(other))")
        }
        guard bytes.count >= 8 else { throw refusal("\(bytes.count) bytes can't hold a header") }
        let claimed = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard claimed <= UInt64(Self.longestHeader), Int(claimed) <= bytes.count - 8 else {
            throw refusal("its header claims \(claimed) bytes of a file of \(bytes.count)")
        }
        let start = 8 + Int(claimed)
        let table: [String: RawEntry]
        do {
            let read = try JSONReader.decode(Table.self, from: [UInt8](bytes[8..<start]))
            (table, metadata) = (read.entries, read.metadata)
        } catch let fault as JSONReader.Fault {
            throw refusal(
                fault.kind == .duplicateName
                    ? "of its header \(fault.reason)" : "its header can't be read: it is not JSON: \(fault.reason)")
        } catch let error as DecodingError {
            throw refusal("its header can't be read: \(Self.reason(error))")
        } catch {
            throw refusal("its header can't be read")
        }

        var entries: [String: Entry] = [:]
        for (name, raw) in table {
            entries[name] = try Self.checked(raw, dataStart: start, fileSize: bytes.count) { (reason: String) in
                InferenceError(.modelTensor, "\(path): tensor \(name): \(reason)")
            }
        }
        // The format leaves no gap between tensors, so each must begin where the last ended.
        var end = start
        for (name, entry) in entries.sorted(by: {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
                < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
        }) {
            guard entry.range.lowerBound == end else {
                throw InferenceError(
                    .modelTensor,
                    "\(path): tensor \(name) \(entry.range.lowerBound < end ? "overlaps" : "leaves a gap after") "
                        + "the one before it; the file is damaged")
            }
            end = entry.range.upperBound
        }
        guard end == bytes.count else { throw refusal("\(bytes.count - end) bytes at its end belong to no tensor") }
        self.entries = entries
    }

    private static func checked(
        _ raw: RawEntry, dataStart: Int, fileSize: Int, refusal: (String) -> InferenceError
    ) throws(InferenceError) -> Entry {
        guard let dtype = SafetensorsDtype(rawValue: raw.dtype) else {
            throw refusal("its dtype \(raw.dtype.prefix(20)) is not known")
        }
        var size = dtype.size
        for extent in raw.shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw refusal("its shape \(raw.shape) is impossible") }
            size = product
        }
        guard raw.data_offsets.count == 2, raw.data_offsets[0] >= 0, raw.data_offsets[1] >= raw.data_offsets[0]
        else { throw refusal("its data_offsets \(raw.data_offsets) are no range") }
        guard raw.data_offsets[1] <= fileSize - dataStart else {
            throw refusal("it ends at byte \(raw.data_offsets[1]) of \(fileSize - dataStart); the file is cut short")
        }
        let range = dataStart + raw.data_offsets[0]..<dataStart + raw.data_offsets[1]
        guard range.count == size else {
            throw refusal("\(range.count) bytes don't make \(dtype.rawValue) \(raw.shape)")
        }
        return Entry(dtype: dtype, shape: raw.shape, range: range)
    }

    private static func reason(_ error: DecodingError) -> String {
        let path: [any CodingKey] =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            case .keyNotFound(let key, let context): context.codingPath + [key]
            @unknown default: []
            }
        guard !path.isEmpty else { return "it is no object" }
        return "\(path.map(\.stringValue).joined(separator: ".").prefix(200)) is missing or of the wrong type"
    }
}

extension SafetensorsHeader {
    private struct RawEntry: Decodable {
        let dtype: String
        let shape: [Int]
        // The format's own spelling.
        let data_offsets: [Int]
    }

    /// The header's object without its optional `__metadata__`.
    private struct Table: Decodable {
        let entries: [String: RawEntry]
        let metadata: [String: String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: TensorName.self)
            var entries: [String: RawEntry] = [:]
            for key in container.allKeys where key.stringValue != "__metadata__" {
                entries[key.stringValue] = try container.decode(RawEntry.self, forKey: key)
            }
            self.entries = entries
            let note = container.allKeys.first { $0.stringValue == "__metadata__" }
            metadata = note.flatMap { try? container.decode([String: String].self, forKey: $0) } ?? [:]
        }
    }

    private struct TensorName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
