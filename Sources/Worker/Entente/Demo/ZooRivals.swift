import Analyzing
import Concepts
import Fetch
import Foundation
import Settings

/// Explanations of zoo models that had to be trained, in `rivals`: an analysis of each model's heads, and beside it a folder of its name
/// with the heads and EZPC's map (docs/judged.md §2.6).
struct ZooRivals {
    private let folder: String
    private let zoo: String
    let files: [AnalysisFile]

    init(zoo: String, share: String) throws {
        self.zoo = zoo
        folder = zoo + "/rivals"
        let (folder, share) = (folder, share)
        let names =
            FileManager.default.fileExists(atPath: folder)
            ? try FileManager.default.contentsOfDirectory(atPath: folder) : []
        files = try names.filter { $0.hasSuffix(".yaml") }.sorted()
            .map { try AnalysisFile(path: folder + "/" + $0, share: share) }
    }

    /// Where workers find the heads.
    var headFolders: [String] { files.map { folder + "/" + $0.name } }

    func mapFolder(of file: AnalysisFile) -> String { folder + "/" + file.name + "/ezpc" }

    /// What it does to take descriptors out of the sums that SpLiCE and EZPC make of pictures. They have no regions and so no place in
    /// table 1.
    func removal(_ images: FolderListing, split: ImageSplit, settings: Settings) throws -> String {
        let paths = images.map(\.id).filter(split.holds).map { zoo + "/heldout/" + $0.text }
        let lanes = try settings.integer(.workerLanes, in: 1...512)
        return try files.flatMap { file in
            let local = try LocalAnalysis(file, path: file.name, settings: settings)
            let pictures = try FeatureEncoder(local: local, lanes: lanes, batch: 16).embeddings(
                paths.map { PathBytes($0) })
            let ways: [(name: String, by: Decomposer, choices: Decomposer.Choices)] = [
                ("SpLiCE", .splice, .init()), ("EZPC, untrained", .ezpc, .init()),
                ("EZPC, trained", .ezpc, .init(map: mapFolder(of: file))),
            ]
            return try ways.map { name, by, choices in
                let test = try by.removal(of: pictures, local.loaded, choices)
                return "\(file.name), \(name): \(test.images) pictures without some of their descriptors\n"
                    + RemovalFigures(test).text
            }
        }.joined(separator: "\n\n")
    }
}
