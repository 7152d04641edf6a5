import Foundation

/// A folder of its own for one test, removed with its owner.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("entente-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func copy(_ file: String, as name: String) throws {
        try FileManager.default.copyItem(atPath: file, toPath: "\(path)/\(name)")
    }

    func read(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
}
