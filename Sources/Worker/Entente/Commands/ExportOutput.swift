import Foundation

/// Where an export goes: standard output, or a file that appears under its name when it is whole.
final class ExportOutput {
    private let path: String?
    private let file: FileHandle?
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 16

    private static func partial(_ path: String) -> String { path + ".partial" }

    /// - Parameter path: nil for standard output.
    init(path: String?) throws(CommandFailure) {
        self.path = path
        guard let path else {
            file = nil
            return
        }
        let partial = Self.partial(path)
        guard FileManager.default.createFile(atPath: partial, contents: nil),
            let file = FileHandle(forWritingAtPath: partial)
        else {
            throw CommandFailure(
                .badInput, "--output: \(partial) can't be written; check the folder and its permissions.")
        }
        self.file = file
    }

    func line(_ text: String) throws(CommandFailure) {
        buffer += Array(text.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private func flush() throws(CommandFailure) {
        guard !buffer.isEmpty else { return }
        if let file, let path {
            do { try file.write(contentsOf: buffer) } catch {
                throw CommandFailure(.unavailable, "\(Self.partial(path)) can't be written to its end: \(error).")
            }
        } else {
            // The line break that it adds is the one that ends the buffer.
            try StandardOutput.data(String(decoding: buffer.dropLast(), as: UTF8.self))
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// After the last line.
    func finish() throws(CommandFailure) {
        try flush()
        guard let path, let file else { return }
        do {
            try file.synchronize()
            try file.close()
        } catch { throw CommandFailure(.unavailable, "\(Self.partial(path)) can't be written to its end: \(error).") }
        guard rename(Self.partial(path), path) == 0 else {
            throw CommandFailure(.badInput, "--output: \(path) can't be replaced: \(String(cString: strerror(errno))).")
        }
    }
}
