import Foundation

/// A folder that a command writes files into.
struct OutputFolder {
    let path: String

    /// Makes it if need be.
    ///
    /// - Parameter option: what messages call it.
    init(_ path: String, option: String) throws(CommandFailure) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.badInput, "\(option): \(path) can't be made: \(error.localizedDescription).")
        }
    }

    func write(_ text: String, as name: String) throws(CommandFailure) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        } catch {
            throw CommandFailure(.badInput, "\(path)/\(name) can't be written: \(error.localizedDescription).")
        }
    }

    /// What is in it, sorted.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
