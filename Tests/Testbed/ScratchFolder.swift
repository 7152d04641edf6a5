import Foundation

/// A temporary folder of one test, removed with its owner or by ``remove()``.
public final class ScratchFolder: Sendable {
    /// Absolute and free of links.
    public let path: String

    public init() throws {
        // Short and directly in /tmp: the address of a unix socket below it has 107 bytes.
        var template = Array("/tmp/entente-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { remove() }

    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, making the folders that lead to it, and gives its absolute path.
    @discardableResult
    public func write(_ contents: some Sequence<UInt8>, to name: String) throws -> String {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(contents).write(to: url)
        return url.path
    }

    @discardableResult
    public func write(_ text: String, to name: String) throws -> String { try write(text.utf8, to: name) }

    /// The path of something in it.
    public func callAsFunction(_ name: String) -> String { path + "/" + name }

    @discardableResult
    public func makeFolder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true)
        return self(name)
    }

    @discardableResult
    public func link(_ name: String, to target: String) throws -> String {
        try FileManager.default.createSymbolicLink(atPath: self(name), withDestinationPath: target)
        return self(name)
    }
}
