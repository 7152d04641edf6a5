import Crypto
import Foundation
import Inference
import Logging
import Settings

/// Text embeddings on disk: lists, one file a content hash, and pieces of lists, which name their texts. Losing it costs time, never
/// a result.
package struct TextCache: Sendable {
    private static let tensor = "text_embeddings"
    private static let digest = "digest"
    private static let texts = "texts"
    private let folder: URL
    let log: Logger

    /// `$XDG_CACHE_HOME/entente/text`, or below `~/.cache`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment, log: Logger) {
        folder = CacheFolder.url("text", environment: environment)
        self.log = log
    }

    /// The embeddings kept under `key`, or nil if there are none of this shape.
    func load(_ key: String, rows: Int, columns: Int) -> Matrix? {
        guard let (_, matrix) = read(key, columns: columns, matching: { $0 == rows }) else { return nil }
        return matrix
    }

    /// The rows of texts that are kept under a piece's name; nil if there is none whose rows have so many columns.
    func loadPiece(_ name: String, columns: Int) -> (texts: [TextDigest], rows: Matrix)? {
        guard let (texts, matrix) = read(name, columns: columns, matching: { _ in true }),
            texts.count == matrix.rows
        else { return nil }
        return (texts, matrix)
    }

    private func read(
        _ key: String, columns: Int, matching isWanted: (_ rows: Int) -> Bool
    ) -> (texts: [TextDigest], Matrix)? {
        let path = file(key)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let stored = try? Safetensors(path: path), let shape = stored[Self.tensor]?.shape, shape.count == 2,
            isWanted(shape[0]), shape[1] == columns, let elements = try? stored.floats(Self.tensor)
        else { return damaged(path) }
        let words = stored[Self.texts] == nil ? [] : (try? stored.integers(Self.texts)) ?? []
        guard (try? stored.integers(Self.digest)) == Self.digest(of: elements, words) else { return damaged(path) }
        let texts = stride(from: 0, to: words.count - 7, by: 8).map { TextDigest(words: words[$0..<$0 + 8]) }
        return (texts, Matrix(rows: shape[0], columns: columns, elements: elements))
    }

    private func damaged(_ path: String) -> (texts: [TextDigest], Matrix)? {
        log.warning("text cache entry is damaged and will be replaced", metadata: ["cache.file": "\(path)"])
        return nil
    }

    /// - Parameter texts: of a piece, what its rows are the embeddings of.
    func store(_ matrix: Matrix, of texts: [TextDigest] = [], under key: String) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let words = texts.flatMap(\.words)
            var tensors: [SafetensorsWriter.Declaration] = [
                .init(Self.tensor, shape: [matrix.rows, matrix.columns]), .init(Self.digest, .int32, shape: [8]),
            ]
            if !texts.isEmpty { tensors.append(.init(Self.texts, .int32, shape: [texts.count, 8])) }
            let writer = try SafetensorsWriter(path: file(key), tensors: tensors)
            try writer.append(matrix.elements, to: Self.tensor)
            try writer.append(Self.digest(of: matrix.elements, words), to: Self.digest)
            if !texts.isEmpty { try writer.append(words, to: Self.texts) }
            try writer.finish()
        } catch {
            log.warning("text embeddings can't be cached on disk", metadata: ["error": "\(error)"])
        }
    }

    /// Forgets what is kept under `key`, if anything is.
    func remove(_ key: String) { try? FileManager.default.removeItem(atPath: file(key)) }

    /// What there is whose names begin so, in any order.
    func names(beginning prefix: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasPrefix(prefix) && $0.hasSuffix(Self.suffix) }
            .map { String($0.dropLast(Self.suffix.count)) }
    }

    /// SHA-256 of the values as eight integers: a flipped bit on disk must not become a result.
    private static func digest(of elements: [Float], _ words: [Int32]) -> [Int32] {
        var hash = SHA256()
        elements.withUnsafeBytes { hash.update(bufferPointer: $0) }
        words.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
    }

    private static let suffix = ".safetensors"

    private func file(_ key: String) -> String { folder.appendingPathComponent(key + Self.suffix).path }
}
