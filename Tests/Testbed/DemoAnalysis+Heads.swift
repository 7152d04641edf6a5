import Analyzing
import Concepts
import Foundation

extension DemoAnalysis {
    /// Writes a head that was trained for no step into a folder.
    ///
    /// - Returns: the SHA-256 of its file.
    @discardableResult
    package static func writeHead(_ method: PartMethod, to folder: String) throws -> String {
        let loaded = try shared()
        var settings = HeadSettings()
        (settings.width, settings.seed) = (16, 7)
        let training = HeadTraining(
            HeadShape(method, of: loaded.analysis, model: loaded.model, settings: settings), settings: settings,
            pictures: 1, texts: loaded.bankEmbeddings, targets: loaded.analysis.classes.map { _ in [0] })
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try HeadFile.write(
            training, identity: HeadIdentity(method, of: loaded.analysis), notes: ["pictures": "1"], folder: folder)
        return try FileDigest.sha256([folder + "/" + HeadFile.name])
    }
}
