import Foundation
import Jobs
import Settings

/// Reads picture files: regular ones below the roots, within the limit, whatever else lies in wait there.
package struct LocalFile: Sendable {
    package let roots: FileRoots
    /// Bytes at most.
    package let limit: Int

    package init(roots: FileRoots, limit: Int) {
        self.roots = roots
        self.limit = limit
    }

    /// - Throws: ``ImageFailure`` for what will not change, ``TransientFetchFailure`` for what may.
    package func read(_ path: String) throws -> [UInt8] { try read(PathBytes(path)) }

    package func read(_ path: PathBytes) throws -> [UInt8] {
        guard !path.bytes.contains(0) else { throw ImageFailure(.notFound, "A path holds a NUL byte.") }
        // Asked before the file is opened, since opening a device may already do something …
        try check(roots.allow(reaching: path), path)
        if let resolved = FileRoots.resolved(path) { try check(roots.allow(resolved: resolved), path) }
        // … and without blocking, since a FIFO would wait for a writer for ever.
        let descriptor = path.withCString { open($0, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Self.failure(errno, path) }
        defer { close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(errno, path) }
        // Asked again of what was really opened: a link may have been swapped in between.
        guard let opened = FileRoots.resolved(PathBytes("/proc/self/fd/\(descriptor)")) else {
            throw ImageFailure(.notFound, "\(path) does not exist.")
        }
        try check(roots.allow(resolved: opened), path)
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw ImageFailure(.notAFile, "\(path) is a directory; name the pictures in it.")
        default: throw ImageFailure(.notAFile, "\(path) is not a regular file.")
        }
        guard Int(status.st_size) <= limit else {
            throw ImageFailure(.tooLarge, "\(path) has \(status.st_size) bytes; the limit is \(limit).")
        }
        return try contents(descriptor, path, expected: Int(status.st_size))
    }

    private func check(_ isAllowed: Bool, _ path: PathBytes) throws(ImageFailure) {
        guard isAllowed else {
            throw ImageFailure(
                .outsideRoots, "\(path) lies outside the folders that \(Setting.fileRoots.variable) allows.")
        }
    }

    private func contents(_ descriptor: Int32, _ path: PathBytes, expected: Int) throws -> [UInt8] {
        // One byte more than expected shows a file that grew.
        var bytes = [UInt8](repeating: 0, count: expected + 1)
        var count = 0
        while count < bytes.count {
            let step = bytes.withUnsafeMutableBytes { buffer in
                Foundation.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
            }
            if step == 0 { break }
            guard step > 0 else {
                if errno == EINTR { continue }
                throw Self.failure(errno, path)
            }
            count += step
        }
        guard count == expected else {
            throw TransientFetchFailure(description: "\(path) changed while it was read.")
        }
        bytes.removeLast()
        return bytes
    }

    private static func failure(_ code: Int32, _ path: PathBytes) -> any Error {
        let reason = String(cString: strerror(code))
        return switch code {
        case ENOENT, ENOTDIR, ENAMETOOLONG: ImageFailure(.notFound, "\(path) does not exist.")
        case EACCES, EPERM: ImageFailure(.unreadable, "\(path) may not be read: \(reason).")
        case ELOOP: ImageFailure(.notFound, "\(path) is a loop of links.")
        case ENXIO, ENODEV: ImageFailure(.notAFile, "\(path) is not a regular file.")
        default: TransientFetchFailure(description: "\(path) can't be read now: \(reason).")
        }
    }
}
