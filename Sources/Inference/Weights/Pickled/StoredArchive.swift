/// The table of contents of a zip archive as `torch.save` writes it: entries stored as they are, in one top folder of any
/// name, in the 64-bit form where a number needs it.
///
/// Nothing is unpacked, so that an archive can't grow; names are looked up and never become paths.
struct StoredArchive {
    /// Where an entry's bytes lie in the file, by its name within the top folder.
    let entries: [String: Range<Int>]

    /// Far above the number of any model's tensors, an optimiser's included.
    private static let mostEntries = 100_000

    /// - Parameter bytes: the whole file.
    /// - Throws: ``CheckpointFault`` also for entries that are compressed, encrypted, double or one over another, and for TorchScript.
    init(_ bytes: UnsafeRawBufferPointer) throws(CheckpointFault) {
        guard let end = ArchiveEnd(bytes) else { throw CheckpointFault(noArchive: bytes) }
        guard end.directory.upperBound <= bytes.count, end.count <= Self.mostEntries else {
            throw CheckpointFault(damaged: "its table of contents claims \(end.count) entries in \(end.directory)")
        }
        var found: [ArchiveEntry] = []
        var position = end.directory.lowerBound
        for _ in 0..<end.count {
            guard let entry = try ArchiveEntry(bytes, at: &position, before: end.directory) else {
                throw CheckpointFault(damaged: "its table of contents can't be read at byte \(position)")
            }
            found.append(entry)
        }
        found.sort { ($0.header, $0.name) < ($1.header, $1.name) }
        var last = 0
        for entry in found {
            guard entry.header >= last else {
                throw CheckpointFault(damaged: "its entry \(entry.name.quoted) overlaps the one before it")
            }
            last = entry.data.upperBound
        }

        // Before anything of it is looked at: parts of its program are compressed.
        if found.contains(where: { $0.name.hasSuffix("/constants.pkl") }) {
            throw CheckpointFault(
                "it is a TorchScript archive, which holds a program",
                mend: "save its state dict alone, with torch.save(torch.jit.load(FILE).state_dict(), OTHER)")
        }
        if let entry = found.first(where: { $0.disguise != nil }) {
            throw CheckpointFault(
                "its entry \(entry.name.quoted) is \(entry.disguise ?? ""), which torch.save never does",
                mend: "load it with PyTorch and save it again with torch.save")
        }

        let top = found.first?.name.prefix { $0 != "/" } ?? ""
        var entries: [String: Range<Int>] = [:]
        for entry in found {
            let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count > 1, parts[0] == top, !top.isEmpty, !parts.contains(".."),
                !entry.name.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0 })
            else {
                throw CheckpointFault(
                    "its entry \(entry.name.quoted) does not lie in one top folder with all others, as torch.save has them"
                )
            }
            guard entries.updateValue(entry.data, forKey: String(entry.name.dropFirst(top.count + 1))) == nil else {
                throw CheckpointFault(damaged: "its entry \(entry.name.quoted) is there twice")
            }
        }
        self.entries = entries
    }
}
