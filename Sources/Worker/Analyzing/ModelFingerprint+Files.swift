import Concepts
import Crypto
import Foundation
import Inference

extension Analysis.ModelFingerprint {
    /// Hashes the files of a model directory.
    ///
    /// - Throws: ``InferenceError`` naming the file that is missing or can't be read.
    package init(directory: String) throws(InferenceError) {
        let files = try ModelDirectory.files(of: directory)
        let layout = try ModelDirectory.layout(of: directory)
        self.init(
            weights: try Self.hash([files.weights]), configuration: try Self.hash(files.configuration),
            tokenizer: try Self.hash(files.tokenizer),
            textRevision: layout.text == .transformers ? MethodStage.ownText.revision : nil)
    }

    /// SHA-256 of the files' contents, one after the other, in lower-case hex.
    private static func hash(_ paths: [String]) throws(InferenceError) -> String {
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
