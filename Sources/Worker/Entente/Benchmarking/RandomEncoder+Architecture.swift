import Foundation
import Inference
import Settings

extension RandomEncoder {
    /// The vision encoder of one of the shipped architectures, by open_clip's name.
    ///
    /// - Throws: ``CommandFailure`` that lists the architectures there are.
    static func make(_ architecture: String, _ settings: Settings) throws -> any VisionEncoder {
        let file = try file(architecture, share: settings.value(.share))
        return try make(architecture: Data(contentsOf: URL(fileURLWithPath: file)), named: file)
    }

    private static func file(_ name: String, share: String?) throws(CommandFailure) -> String {
        guard let folder = ShareFolder.find(share, holding: "architectures") else {
            throw CommandFailure(
                .usage,
                "The architectures were not found; set \(Setting.share.variable) to the folder that holds architectures/."
            )
        }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/architectures")) ?? []
        guard files.contains(name + ".json") else {
            let known = files.filter { $0.hasSuffix(".json") }.map { $0.dropLast(5) }.sorted()
            throw CommandFailure(
                .usage, "--architecture \(quoted(name)) is not known; known are \(known.joined(separator: ", ")).")
        }
        return "\(folder)/architectures/\(name).json"
    }
}
