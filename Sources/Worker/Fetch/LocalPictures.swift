import Crypto
import Inference

/// Pictures named on the command line: any local path, within the limits.
struct LocalPictures {
    let preprocessor: Preprocessor
    private let files: LocalFile
    private let limits: DecodingLimits

    init(settings: Settings, preprocessor: Preprocessor) throws(CommandFailure) {
        self.preprocessor = preprocessor
        limits = try settings.decodingLimits()
        files = LocalFile(roots: .unrestricted, limit: limits.maxBytes)
    }

    /// - Returns: the decoded picture and the SHA-256 of its file.
    /// - Throws: ``CommandFailure`` with exit 65.
    func load(_ path: String) throws(CommandFailure) -> (picture: Picture, hash: [UInt8]) {
        do {
            return try attempt(path)
        } catch {
            throw CommandFailure(.badInput, "\(error)")
        }
    }

    /// As ``load(_:)``, with the failure as a worker would record it.
    func attempt(_ path: String) throws(ImageFailure) -> (picture: Picture, hash: [UInt8]) {
        do {
            let bytes = try files.read(path)
            let picture = try ImageDecoder.decode(bytes, named: path, limits: limits)
            return (picture, [UInt8](SHA256.hash(data: bytes)))
        } catch let error as InferenceError {
            throw ImageFailure(decoding: error)
        } catch let error as ImageFailure {
            throw error
        } catch {
            throw ImageFailure(.fetchExhausted, "\(error)")
        }
    }
}

extension Settings {
    func decodingLimits() throws(CommandFailure) -> DecodingLimits {
        DecodingLimits(
            maxBytes: try integer(.imageMaxBytes, in: 1...(1 << 32)),
            maxPixels: try integer(.imageMaxPixels, in: 1...(1 << 32)),
            memory: ImageMemory(bytes: try integer(.imageMemory, in: 1...(1 << 40))))
    }
}
