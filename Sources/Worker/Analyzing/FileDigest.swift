import Concepts
import Crypto
import Foundation
import Inference

/// SHA-256 of files.
package enum FileDigest {
    /// Of the files' contents, one after the other, in lower-case hex.
    ///
    /// - Throws: `InferenceError` naming the file that can't be read.
    package static func sha256(_ paths: [String]) throws(InferenceError) -> String {
        var hash = SHA256()
        for path in paths {
            guard let file = FileHandle(forReadingAtPath: path) else {
                // What lies in the place of weights is said where they are opened.
                if path.hasSuffix(".safetensors") { _ = try Safetensors(path: path) }
                throw InferenceError(
                    .unreadableFile, "\(path) is missing or can't be read; a model directory needs it.")
            }
            do {
                // Chunks, because weights may be larger than memory should bear.
                while let chunk = try file.read(upToCount: 4 << 20), !chunk.isEmpty { hash.update(data: chunk) }
            } catch {
                throw InferenceError(.unreadableFile, "\(path) can't be read: \(error).")
            }
        }
        return hash.finalize().hexadecimal
    }
}
