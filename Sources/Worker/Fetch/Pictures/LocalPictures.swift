import Crypto
import Inference
import Jobs
import Settings

/// Pictures named on the command line: any local path, within the limits.
package struct LocalPictures {
    package let preprocessor: Preprocessor
    private let files: LocalFile
    private let limits: DecodingLimits

    package init(settings: Settings, preprocessor: Preprocessor) throws(SettingsError) {
        self.preprocessor = preprocessor
        limits = try settings.decodingLimits()
        files = LocalFile(roots: .unrestricted, limit: limits.maxBytes)
    }

    /// - Returns: the decoded picture and the SHA-256 of its file.
    /// - Throws: what a worker would record.
    package func load(_ path: PathBytes) throws(ImageFailure) -> (picture: Picture, hash: [UInt8]) {
        do {
            let bytes = try files.read(path)
            let picture = try ImageDecoder.decode(bytes, named: "\(path)", limits: limits)
            return (picture, [UInt8](SHA256.hash(data: bytes)))
        } catch let error as InferenceError {
            throw ImageFailure(decoding: error)
        } catch let error as ImageFailure {
            throw error
        } catch {
            throw ImageFailure(.fetchExhausted, "\(error)")
        }
    }

    /// The same of a path in words.
    package func load(_ path: String) throws(ImageFailure) -> (picture: Picture, hash: [UInt8]) {
        try load(PathBytes(path))
    }
}

extension Settings {
    package func decodingLimits() throws(SettingsError) -> DecodingLimits {
        DecodingLimits(
            maxBytes: try integer(.imageMaxBytes, in: 1...(1 << 32)),
            maxPixels: try integer(.imageMaxPixels, in: 1...(1 << 32)),
            memory: ImageMemory(bytes: try integer(.imageMemory, in: 1...(1 << 40))))
    }
}
