import Foundation

/// A file that is being downloaded: `NAME.part`, and beside it what it is the beginning of. Belongs to one thread.
final class PartialFile {
    /// What the bytes so far are the beginning of, by what was told when the first of them came.
    struct Origin: Codable, Hashable {
        /// What the last server calls this version of the file.
        var etag: String?
        var digest: HubDigest?
    }

    let path: String
    private let notePath: String
    private let descriptor: Int32
    private(set) var count: Int
    private(set) var origin: Origin?
    /// Why nothing more can be written.
    private(set) var failure: Int32?

    /// Opens what there is of the file; without a note of what it is, that is nothing.
    init(_ file: String) throws(HubError) {
        path = file + ".part"
        notePath = file + ".part.json"
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw HubError(writing: path, errno) }
        origin = FileManager.default.contents(atPath: notePath)
            .flatMap { try? JSONDecoder().decode(Origin.self, from: $0) }
        count = Int(lseek(descriptor, 0, SEEK_END))
        if origin == nil { restart() }
    }

    deinit { close(descriptor) }

    /// Forgets what is there.
    func restart() {
        if count > 0, ftruncate(descriptor, 0) != 0 { failure = errno }
        count = 0
        origin = nil
        unlink(notePath)
    }

    /// Notes what the bytes to come are the beginning of.
    func begin(_ origin: Origin) {
        self.origin = origin
        do {
            try JSONEncoder().encode(origin).write(to: URL(fileURLWithPath: notePath), options: .atomic)
        } catch {
            failure = HubError.reason(error)
        }
    }

    /// - Returns: whether all of it could be written; else ``failure`` says why not.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var done = 0
        while failure == nil, done < bytes.count {
            let step = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if step < 0, errno != EINTR { failure = errno }
            if step > 0 { (done, count) = (done + step, count + step) }
        }
        return failure == nil
    }

    /// Gives it its name, once it is whole.
    func finish(as file: String) throws(HubError) {
        guard fsync(descriptor) == 0, rename(path, file) == 0 else { throw HubError(writing: file, errno) }
        unlink(notePath)
    }

    /// Removes what is of no use.
    func discard() {
        restart()
        unlink(path)
    }
}
