import Foundation

/// A model's files at another place, all at once.
package struct ModelCopy {
    let files: [ModelStore.Contents.File]
    /// A folder.
    let source: String

    package init(files: [ModelStore.Contents.File], from source: String) {
        self.files = files
        self.source = source
    }

    /// Puts the files into a folder that does not exist yet; one that holds the same files already is left as it is.
    ///
    /// Where both are on one file system, a file is linked and takes no more space.
    package func place(at folder: String) throws {
        if FileManager.default.fileExists(atPath: folder) {
            guard isSame(folder) else {
                throw HubError(.taken, "\(folder) exists and holds something else; name another --output.")
            }
            return
        }
        // Beside it, so that it can be renamed.
        let target = URL(fileURLWithPath: folder).standardizedFileURL
        let staging = target.deletingLastPathComponent().appendingPathComponent(
            ".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))"
        ).path
        do {
            try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
            for file in files {
                let (from, to) = ("\(source)/\(file.name)", "\(staging)/\(file.name)")
                if link(from, to) != 0 { try FileManager.default.copyItem(atPath: from, toPath: to) }
            }
            guard rename(staging, target.path) == 0 else { throw HubError(writing: folder, errno) }
        } catch {
            try? FileManager.default.removeItem(atPath: staging)
            throw error is HubError ? error : HubError(writing: folder, HubError.reason(error))
        }
    }

    private func isSame(_ folder: String) -> Bool {
        files.allSatisfy { (try? HubDigest.hashes(of: "\(folder)/\($0.name)"))?.sha256 == $0.sha256 }
    }
}
