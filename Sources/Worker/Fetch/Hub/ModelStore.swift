import Foundation
import HTTP
import Settings

/// A repository's models on this machine, by commit: `COMMIT` is whole and checked, `COMMIT.partial` on its way.
package struct ModelStore: Sendable {
    /// `…/HUB/OWNER--NAME`
    let folder: String

    /// What a whole model's folder says of itself, in a file that is none of the model's.
    package struct Contents: Codable, Hashable {
        static let name = ".entente.json"

        package struct File: Codable, Hashable {
            let name: String
            package let bytes: Int
            let sha256: String
        }

        package let hub: String
        package let repository: String
        package let commit: String
        package let files: [File]
    }

    package init(hub: HTTPURL, repository: HubRepository, cache: URL = CacheFolder.url("models")) {
        // Two servers on one machine, or below one host, are two hubs.
        let name = percentEncoded(hub.text.drop { $0 != "/" }.trimmingCharacters(in: ["/"]))
        folder = cache.appendingPathComponent(name).appendingPathComponent(repository.folder).path
    }

    func path(of commit: String) -> String { "\(folder)/\(commit)" }
    func staging(of commit: String) -> String { "\(folder)/\(commit).partial" }

    /// The commit that a revision was when the hub was last asked.
    func commit(of revision: String) -> String? {
        if HubCommit.isCommit(revision) { return revision }
        let text = FileManager.default.contents(atPath: referencePath(revision)).map {
            String(decoding: $0, as: UTF8.self)
        }
        return text.flatMap { HubCommit.isCommit($0) ? $0 : nil }
    }

    func record(_ revision: String, is commit: String) throws(HubError) {
        guard !HubCommit.isCommit(revision) else { return }
        try make("\(folder)/revisions")
        try write(Data(commit.utf8), to: referencePath(revision))
    }

    private func referencePath(_ revision: String) -> String { "\(folder)/revisions/\(percentEncoded(revision))" }

    /// What a commit's folder holds, its files read and compared with what they were when they came; nil if it is not whole.
    func contents(of commit: String) -> Contents? {
        let folder = path(of: commit)
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(Contents.name)"),
            let contents = try? JSONDecoder().decode(Contents.self, from: data), contents.commit == commit,
            contents.files.allSatisfy({ file in
                (try? HubDigest.hashes(of: "\(folder)/\(file.name)"))?.sha256 == file.sha256
            })
        else { return nil }
        return contents
    }

    /// Makes what is in the staging folder the commit's, all at once.
    func promote(_ commit: String, of repository: HubRepository, from hub: HTTPURL, names: [String]) throws(HubError)
        -> Contents
    {
        let staging = staging(of: commit)
        var files: [Contents.File] = []
        for name in names {
            guard let found = try? HubDigest.hashes(of: "\(staging)/\(name)") else {
                throw HubError(writing: "\(staging)/\(name)", EIO)
            }
            files.append(.init(name: name, bytes: found.bytes, sha256: found.sha256))
        }
        let contents = Contents(hub: hub.text, repository: repository.description, commit: commit, files: files)
        guard let text = try? JSONEncoder.sorted(contents) else { throw HubError(writing: staging, EIO) }
        try write(Data(text.utf8), to: "\(staging)/\(Contents.name)")
        // What is there was damaged.
        try? FileManager.default.removeItem(atPath: path(of: commit))
        guard rename(staging, path(of: commit)) == 0 else { throw HubError(writing: path(of: commit), errno) }
        return contents
    }

    /// Runs `body` while no other process fetches into this folder.
    func whileAlone<Value>(onWait: () -> Void, _ body: () throws -> Value) throws -> Value {
        try make(folder)
        let path = "\(folder)/.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw HubError(writing: path, errno) }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            onWait()
            while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
        }
        return try body()
    }

    func make(_ folder: String) throws(HubError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw HubError(writing: folder, HubError.reason(error))
        }
    }

    private func write(_ data: Data, to path: String) throws(HubError) {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw HubError(writing: path, HubError.reason(error))
        }
    }
}
