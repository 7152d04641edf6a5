import Foundation
import Inference
import Synchronization

/// Finds trained heads by what their files hash to, in the directories that models are looked for in.
package final class HeadLibrary: Sendable {
    private let paths: [String]
    /// Folders by the SHA-256 of their heads.
    private let folders = Mutex<[String: String]>([:])

    /// - Parameter paths: directories that are a head's folder, hold some, or hold folders that hold some.
    package init(paths: [String]) { self.paths = paths }

    /// The folder of the head with this SHA-256, or nil if none of the directories holds it.
    package func folder(_ hash: String) -> String? {
        folders.withLock { folders in
            // What is there may have gone or been trained anew since.
            if let folder = folders[hash], Self.hash(folder) == hash { return folder }
            folders = [:]
            for folder in Self.folders(in: paths) {
                if let found = Self.hash(folder) { folders[found] = folders[found] ?? folder }
            }
            return folders[hash]
        }
    }

    private static func hash(_ folder: String) -> String? {
        try? FileDigest.sha256([folder + "/" + HeadFile.name])
    }

    private static func folders(in paths: [String]) -> [String] {
        func children(_ path: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().map { path + "/" + $0 }
        }
        return paths.flatMap { path -> [String] in
            let first = children(path)
            return [path] + first + first.flatMap(children)
        }.filter { FileManager.default.fileExists(atPath: $0 + "/" + HeadFile.name) }
    }
}
