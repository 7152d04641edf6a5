import Foundation

/// A regular file mapped read-only into memory, unmapped when the last owner lets go.
///
/// The mapping follows the file: one that is cut short while it is mapped ends the process with SIGBUS at the
/// next read behind its end, as with any mapping. So readers copy what they need and let go.
final class MappedFile: Sendable {
    // Read-only memory that stays mapped, at this address, for the object's lifetime.
    private nonisolated(unsafe) let address: UnsafeMutableRawPointer?
    let path: String
    let count: Int

    /// - Throws: ``InferenceError/Code/unreadableFile`` naming the file and the system's reason.
    init(path: String) throws(InferenceError) {
        self.path = path
        // Non-blocking, or opening a FIFO would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Self.unreadable(path, String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Self.unreadable(path, "it is not a regular file") }
        count = Int(status.st_size)
        guard count > 0 else {
            address = nil
            return
        }
        let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard mapped != MAP_FAILED, let mapped else {
            throw Self.unreadable(path, String(cString: strerror(errno)))
        }
        address = mapped
    }

    deinit {
        if let address { munmap(address, count) }
    }

    /// Lends the file's bytes; the buffer is valid during the call only.
    func withBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : count))
    }

    /// Lets the system forget a part that has been read, which otherwise counts as this process's memory; it is read again if asked for.
    func release(_ range: Range<Int>) {
        guard let address, !range.isEmpty else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = range.lowerBound / page * page
        _ = madvise(address + start, range.upperBound - start, MADV_DONTNEED)
    }

    private static func unreadable(_ path: String, _ reason: String) -> InferenceError {
        InferenceError(.unreadableFile, "\(path): can't be read: \(reason)")
    }
}
