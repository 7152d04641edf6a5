import Analyzing
import Foundation
import Testbed
import Testing

/// The drawn world with trained heads: how they are trained on a few of its pictures, and analyses that name them.
enum TrainedWorld {
    /// A baseline, and as many epochs over ``pictures`` as take some seconds.
    struct Baseline: Sendable, CustomTestStringConvertible {
        let name: String
        let epochs: Int
        var testDescription: String { name }
    }

    static let bottleneck = Baseline(name: "mm_cbm", epochs: 80)
    static let baselines = [
        bottleneck, Baseline(name: "mm_protosim", epochs: 50), Baseline(name: "feature_maps", epochs: 500),
    ]
    /// EZPC's map, which is no part method.
    static let map = Baseline(name: "ezpc", epochs: 1000)
    static let pictures = DrawnWorld.ids(perClass: 2, classes: 14)

    /// An analysis file.
    ///
    /// - Parameters:
    ///   - heads: folders by what was trained; empty for the drawn world's own parts alone, which heads are trained for.
    static func analysis(_ name: String, heads: [String: String], in scratch: ScratchFolder) throws -> String {
        let explainers = heads.sorted { $0.key < $1.key }
        return try scratch.write(
            """
            name: \(name)
            model: \(DrawnWorld.model)
            classes: \(DrawnWorld.folder)/classes.json
            descriptors: \(DrawnWorld.folder)/descriptors.json
            method:
              parts: {by: [\((["kmeans"] + explainers.map(\.key)).joined(separator: ", "))], count: 3}
              retrieval: {candidates: 42}
              language: {count: 20}
            evaluation: {faithfulness: true}
            explainers: {\(explainers.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}
            """, to: "\(name).yaml")
    }

    /// What `train` is told, to write into a folder of the scratch one.
    static func arguments(
        _ baseline: Baseline, epochs: Int? = nil, to folder: String, in scratch: ScratchFolder
    ) throws -> [String] {
        let specific =
            switch baseline.name {
            case "ezpc": ["--weight", "5"]
            case "feature_maps": ["--batch", "8"]
            default: ["--batch", "8", "--width", "16"]
            }
        return [
            "train", "--baseline", baseline.name, "--analysis", try analysis("plain", heads: [:], in: scratch),
            "--images", try DrawnWorld.copy(pictures, to: scratch, as: "training"),
            "--output", scratch.path + "/" + folder, "--epochs", "\(epochs ?? baseline.epochs)", "--rate", "1e-2",
        ] + specific
    }

    /// Trains a head for one epoch.
    ///
    /// - Returns: its folder, below a folder that has nothing else, and the SHA-256 of its file.
    static func train(
        _ baseline: Baseline, in scratch: ScratchFolder
    ) throws -> (folder: String, hash: String) {
        let folder = "heads/" + baseline.name
        let end = try Product.run(arguments(baseline, epochs: 1, to: folder, in: scratch), in: scratch)
        try #require(end.status == 0, "\(end)")
        let path = scratch.path + "/" + folder
        return (path, try FileDigest.sha256([path + "/head.safetensors"]))
    }
}
