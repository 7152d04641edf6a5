/// Why a checkpoint is not read, as the end of a sentence that begins with its path.
struct CheckpointFault: Error {
    let reason: String
    let mend: String

    init(_ reason: String, mend: String = Self.saveAlone) {
        self.reason = reason
        self.mend = mend
    }

    /// What contradicts itself, as nothing that PyTorch writes does.
    init(damaged reason: String) {
        self.init(reason, mend: "take another copy of the file")
    }

    static let saveAlone = "save the state dict alone, with torch.save(model.state_dict(), FILE)"

    /// What a file that is no zip archive is, by its first bytes.
    init(noArchive bytes: UnsafeRawBufferPointer) {
        // A pickled number of PyTorch's choice, before the first of five pickles.
        let legacy: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
        if bytes.starts(with: legacy) {
            self.init(
                "it is in the form that torch.save had before PyTorch 1.6, which is not read",
                mend: "load it with PyTorch and save it again with torch.save")
        } else if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
            self.init(
                "it is a tar archive, the form that torch.save had before PyTorch 0.1.10, which is not read",
                mend: "load it with PyTorch and save it again with torch.save")
        } else if bytes.first == 0x80 {
            self.init("it is a bare pickle and not what torch.save writes")
        } else if bytes.starts(with: "PK\u{3}\u{4}".utf8) {
            self.init(damaged: "it is a zip archive without an end, and so cut short")
        } else if let other = StandIn(bytes) {
            self.init("it is \(other.name) and no checkpoint", mend: other.mend)
        } else {
            self.init("it is no zip archive, as torch.save writes it")
        }
    }
}
