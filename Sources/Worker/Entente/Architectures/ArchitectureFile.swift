import Foundation
import Settings

/// The shipped configurations of architectures, by open_clip's names: `model_cfg` objects as JSON.
enum ArchitectureFile {
    /// A `preprocess_cfg` in open_clip's own spelling.
    struct Preprocessing: Codable {
        var mean, std: [Double]?
        var interpolation = "bicubic"
        var resize_mode = "shortest"
    }

    /// How pictures are prepared for every one of the weights that open_clip names for an architecture; open_clip's defaults where
    /// they differ, or none are named.
    static func preprocessing(of name: String, share: String?) throws -> Preprocessing {
        let file = "preprocessing.json"
        // Beside the architecture itself.
        let folder = URL(fileURLWithPath: try path(of: name, share: share)).deletingLastPathComponent()
            .deletingLastPathComponent().path
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
            return try JSONDecoder().decode([String: Preprocessing].self, from: data)[name] ?? Preprocessing()
        } catch {
            throw CommandFailure(
                .usage,
                "\(folder)/\(file) can't be read, which says how pictures are prepared; set \(Setting.share.variable) to a whole "
                    + "share folder of this version.")
        }
    }

    /// - Throws: ``CommandFailure`` that lists the architectures there are.
    static func path(of name: String, share: String?) throws(CommandFailure) -> String {
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
