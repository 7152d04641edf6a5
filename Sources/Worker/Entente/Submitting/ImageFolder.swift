import Fetch
import Foundation
import Inference

/// The ImageFolder layout: one folder a class, named by class id or name; pictures directly in the root have no label.
enum ImageFolder {
    private static let extensions: Set<String> = [
        "jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "ppm", "pgm",
    ]

    /// Every picture below `root`, sorted by path; an image's id is its path below `root`.
    ///
    /// Pictures go by their names' extensions; a file of another name is left out. Kinds that can't be decoded and
    /// links that lead nowhere are listed too, so that they end up as counted failures with a reason and not as
    /// silently missing. Links to folders are followed: subsets of a dataset are often made of them.
    static func list(_ root: String) throws(CommandFailure) -> [ListedImage] {
        // Links resolved, since a worker's check of its roots resolves them too.
        guard let base = FileRoots.resolved(root) else {
            throw CommandFailure(.badInput, "--images: \(root) does not exist.")
        }
        var paths: [String] = []
        try walk(base, "", above: [base], into: &paths)
        paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let images = paths.map { path in
            let folder = path.contains("/") ? String(path.prefix { $0 != "/" }) : nil
            return ListedImage(
                id: Identifier(path), uri: ImageFetcher.fileURI(ofPath: base + "/" + path),
                label: folder.map { Identifier($0) }, sha256: nil,
                origin: folder.map { "the folder \($0)" } ?? root)
        }
        guard !images.isEmpty else {
            throw CommandFailure(
                .badInput, "--images: \(root) holds no pictures (\(extensions.sorted().joined(separator: ", "))).")
        }
        return images
    }

    /// Adds the pictures of `folder`, each as `place` and its name.
    ///
    /// - Parameter above: the folder and those around it, links resolved; a link back to one of them is not followed.
    private static func walk(
        _ folder: String, _ place: String, above: [String], into paths: inout [String]
    ) throws(CommandFailure) {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw CommandFailure(.badInput, "--images: \(folder) is no folder that may be read; mend or move it.")
        }
        for name in names {
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isDirectory)
            if exists, isDirectory.boolValue {
                guard let resolved = FileRoots.resolved(folder + "/" + name), !above.contains(resolved) else {
                    continue
                }
                try walk(folder + "/" + name, place + name + "/", above: above + [resolved], into: &paths)
            } else if extensions.contains((name as NSString).pathExtension.lowercased()) {
                paths.append(place + name)
            }
        }
    }
}
