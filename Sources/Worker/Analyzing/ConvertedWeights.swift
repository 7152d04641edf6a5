import Foundation
import Inference
import Settings

/// Pickled weights as safetensors, converted once: `$XDG_CACHE_HOME/entente/weights/ORIGINAL-CONVERTED.safetensors`, or below `~/.cache`.
///
/// Both are SHA-256: the one finds a model's file, the other tells one that was damaged since. Losing a file costs time, never a result.
package struct ConvertedWeights {
    private let folder: URL

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        folder = CacheFolder.url("weights", environment: environment)
    }

    /// The safetensors of a directory's pickled weights, whose messages name the pickled file; nil if the directory has safetensors of its own.
    ///
    /// Blocks while files are hashed and, for the first time, written.
    ///
    /// - Parameter hash: of the pickled file, where it is known.
    /// - Throws: `InferenceError` if the file is no state dict, or the cache can't be written.
    func weights(of directory: ModelDirectory, hash: String? = nil) throws(InferenceError) -> Safetensors? {
        guard directory.hasPickledWeights else { return nil }
        return try Safetensors(path: path(of: directory, hash), of: directory.weightsPath)
    }

    private func path(of directory: ModelDirectory, _ hash: String?) throws(InferenceError) -> String {
        let original = if let hash { hash } else { try FileDigest.sha256([directory.weightsPath]) }
        if let path = try found(original) { return path }
        let checkpoint = try Checkpoint(path: directory.weightsPath)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw unwritable("\(error.localizedDescription)")
        }
        // Under a name of its own until its hash is known.
        let temporary = file(".\(original)-\(UUID().uuidString)")
        defer { unlink(temporary) }
        try checkpoint.convert(to: temporary, metadata: Self.metadata(original))
        let path = file("\(original)-\(try FileDigest.sha256([temporary])).safetensors")
        guard rename(temporary, path) == 0 else { throw unwritable(String(cString: strerror(errno))) }
        return path
    }

    /// What a converted file says of itself, and so has in its own hash.
    ///
    /// - Parameter original: SHA-256 of the file that it was made of.
    package static func metadata(_ original: String) -> [String: String] {
        ["format": "pt", "original_sha256": original]
    }

    /// What is there and has the hash that it had when it was written; damaged files are removed.
    private func found(_ original: String) throws(InferenceError) -> String? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names.sorted() where name.hasPrefix(original + "-") && name.hasSuffix(".safetensors") {
            let path = file(name)
            if try name == "\(original)-\(FileDigest.sha256([path])).safetensors" { return path }
            unlink(path)
        }
        return nil
    }

    private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func unwritable(_ reason: String) -> InferenceError {
        InferenceError(
            .unwritableFile,
            "\(folder.path) can't be written, where pickled weights are kept as safetensors: \(reason); name another place by "
                + "XDG_CACHE_HOME, or convert the model with entente models convert")
    }
}
