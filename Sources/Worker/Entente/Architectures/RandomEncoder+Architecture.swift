import Foundation
import Inference
import Settings

extension RandomEncoder {
    /// The vision encoder of one of the shipped architectures, by open_clip's name.
    ///
    /// - Throws: ``CommandFailure`` that lists the architectures there are.
    static func make(
        _ architecture: String, precision: Precision = .fp32, _ settings: Settings
    ) throws -> any VisionEncoder {
        let file = try ArchitectureFile.path(of: architecture, share: settings.value(.share))
        return try make(architecture: Data(contentsOf: URL(fileURLWithPath: file)), named: file, precision: precision)
    }

    /// The text encoder of the same.
    ///
    /// - Throws: ``CommandFailure`` that lists the architectures there are, or says that this one has no text encoder.
    static func makeText(_ architecture: String, _ settings: Settings) throws -> TextTransformer {
        let file = try ArchitectureFile.path(of: architecture, share: settings.value(.share))
        guard let encoder = try makeText(architecture: Data(contentsOf: URL(fileURLWithPath: file)), named: file)
        else { throw CommandFailure(.usage, "--architecture \(architecture) has no text encoder; take one that has.") }
        return encoder
    }
}
