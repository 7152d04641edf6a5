import Crypto
import Foundation
import Inference
import Logging
import Settings

/// Text embeddings on disk, one file a content hash. Losing it costs time, never a result.
package struct TextCache: Sendable {
    private static let tensor = "text_embeddings"
    private static let digest = "digest"
    private let folder: URL
    private let log: Logger

    /// `$XDG_CACHE_HOME/entente/text`, or below `~/.cache`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment, log: Logger) {
        folder = CacheFolder.url("text", environment: environment)
        self.log = log
    }

    /// The embeddings kept under `key`, or nil if there are none of this shape.
    func load(_ key: String, rows: Int, columns: Int) -> Matrix? {
        let path = file(key)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let stored = try? Safetensors(path: path), stored[Self.tensor]?.shape == [rows, columns],
            let elements = try? stored.floats(Self.tensor),
            (try? stored.integers(Self.digest)) == Self.digest(of: elements)
        else {
            log.warning("text cache entry is damaged and will be replaced", metadata: ["cache.file": "\(path)"])
            return nil
        }
        return Matrix(rows: rows, columns: columns, elements: elements)
    }

    func store(_ matrix: Matrix, under key: String) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let writer = try SafetensorsWriter(
                path: file(key),
                tensors: [
                    .init(Self.tensor, shape: [matrix.rows, matrix.columns]), .init(Self.digest, .int32, shape: [8]),
                ])
            try writer.append(matrix.elements, to: Self.tensor)
            try writer.append(Self.digest(of: matrix.elements), to: Self.digest)
            try writer.finish()
        } catch {
            log.warning("text embeddings can't be cached on disk", metadata: ["error": "\(error)"])
        }
    }

    /// Forgets what is kept under `key`, if anything is.
    func remove(_ key: String) { try? FileManager.default.removeItem(atPath: file(key)) }

    /// SHA-256 of the values as eight integers: a flipped bit on disk must not become a result.
    private static func digest(of elements: [Float]) -> [Int32] {
        let hash = elements.withUnsafeBytes { SHA256.hash(data: $0) }
        return hash.withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
    }

    private func file(_ key: String) -> String { folder.appendingPathComponent(key + ".safetensors").path }
}
