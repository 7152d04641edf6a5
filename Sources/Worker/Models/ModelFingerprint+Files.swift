import Concepts
import Crypto
import Foundation

extension Analysis.ModelFingerprint {
    /// Hashes the files of a model directory in the open_clip layout.
    ///
    /// - Throws: ``CommandFailure`` naming the file that can't be read.
    init(directory: String) throws(CommandFailure) {
        func path(_ name: String) -> String { directory + "/" + name }
        let weights = try Self.hash([path("open_clip_model.safetensors")])
        let configuration = try Self.hash([path("open_clip_config.json")])
        let vocabulary = ["vocab.json", "merges.txt"].map(path)
        let files = vocabulary.allSatisfy(FileManager.default.fileExists) ? vocabulary : [path("tokenizer.json")]
        self.init(
            weights: weights, configuration: configuration,
            tokenizer: try Self.hash(files.filter(FileManager.default.fileExists)))
    }

    /// SHA-256 of the files' contents, one after the other, in lower-case hex.
    private static func hash(_ paths: [String]) throws(CommandFailure) -> String {
        var hash = SHA256()
        for path in paths {
            guard let file = FileHandle(forReadingAtPath: path) else {
                throw CommandFailure(.badInput, "\(path) is missing or can't be read; a model directory needs it.")
            }
            do {
                // Chunks, because weights may be larger than memory should bear.
                while let chunk = try file.read(upToCount: 4 << 20), !chunk.isEmpty { hash.update(data: chunk) }
            } catch {
                throw CommandFailure(.badInput, "\(path) can't be read: \(error).")
            }
        }
        return hash.finalize().hexadecimal
    }
}
