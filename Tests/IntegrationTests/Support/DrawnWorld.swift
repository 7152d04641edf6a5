import Foundation
import Testbed

/// The demo's model, analysis and held-out pictures, as the checkout has them.
enum DrawnWorld {
    static let share = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../share").standardizedFileURL.path
    static let folder = share + "/demo"
    static let model = folder + "/model"
    static let analysis = folder + "/analysis.yaml"

    /// Class ids in order.
    static let classes: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/heldout")) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }()

    /// Ids of the first pictures of each class: the path below the pictures' folder.
    static func ids(perClass count: Int, classes: Int = .max) -> [String] {
        Self.classes.prefix(classes).flatMap { name in
            (0..<count).map { "\(name)/00\($0).jpg" }
        }
    }

    static func path(_ id: String) -> String { folder + "/heldout/" + id }

    static func bytes(_ id: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(id))))
    }

    /// Copies pictures into a scratch folder, in the same layout, and gives its path.
    static func copy(_ ids: [String], to scratch: ScratchFolder, as name: String = "pictures") throws -> String {
        for id in ids { try scratch.write(bytes(id), to: name + "/" + id) }
        return scratch.path + "/" + name
    }

    /// Copies the model into a scratch folder under a name and gives its path.
    static func copyModel(to scratch: ScratchFolder, as name: String) throws -> String {
        let folder = scratch.path + "/models/" + name
        try FileManager.default.createDirectory(
            atPath: scratch.path + "/models", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: model, toPath: folder)
        return folder
    }

    /// A CSV manifest of these pictures, in this order.
    static func manifest(_ ids: [String], below root: String) -> String {
        "path,id,label\n" + ids.map { "\(root)/\($0),\($0),\($0.prefix { $0 != "/" })\n" }.joined()
    }
}
