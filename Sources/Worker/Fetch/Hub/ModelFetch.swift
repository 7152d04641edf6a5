import Foundation
import HTTP
import Inference
import Settings

/// From a name on a hub to a model directory on this machine.
package struct ModelFetch {
    package let hub: Hub
    package let repository: HubRepository
    package let revision: String
    /// Ask nobody.
    package let isOffline: Bool
    package let store: ModelStore
    /// For the person at the terminal.
    package let say: (String) -> Void
    /// Begun with the files that are to come, told the bytes that there are of each.
    package let progress: (_ files: [HubCommit.File]) -> any DownloadProgress

    package init(
        hub: Hub, repository: HubRepository, revision: String, isOffline: Bool, store: ModelStore,
        say: @escaping (String) -> Void, progress: @escaping (_ files: [HubCommit.File]) -> any DownloadProgress
    ) {
        self.hub = hub
        self.repository = repository
        self.revision = revision
        self.isOffline = isOffline
        self.store = store
        self.say = say
        self.progress = progress
    }

    package struct Fetched {
        package let directory: String
        package let contents: ModelStore.Contents
        /// Bytes that had to be fetched.
        package let downloaded: Int
    }

    /// - Throws: ``HubError``.
    package func run() throws -> Fetched {
        if isOffline { return try cached("--offline was given") }
        // A commit's files never change, so nobody has to be asked.
        if HubCommit.isCommit(revision), let contents = store.contents(of: revision) { return fetched(contents) }
        switch Result(catching: { () throws(HubError) in try hub.commit(repository, at: revision) }) {
        case .success(let commit): return try take(commit)
        case .failure(let error):
            guard error.code == .unreachable, let known = try? cached("the hub is out of reach") else { throw error }
            say("\(error) Using what \(revision) was when it was fetched.")
            return known
        }
    }

    /// What there is of a commit, or else what the hub has.
    private func take(_ commit: HubCommit) throws -> Fetched {
        try store.whileAlone(onWait: { say("waiting for another fetch of \(repository)") }) {
            guard let contents = store.contents(of: commit.sha) else { return try download(commit) }
            try store.record(revision, is: commit.sha)
            return fetched(contents)
        }
    }

    private func fetched(_ contents: ModelStore.Contents, downloaded: Int = 0) -> Fetched {
        Fetched(directory: store.path(of: contents.commit), contents: contents, downloaded: downloaded)
    }

    private func cached(_ reason: String) throws(HubError) -> Fetched {
        guard let commit = store.commit(of: revision), let contents = store.contents(of: commit) else {
            throw HubError(
                .notFound,
                "\(repository) at \(revision) is not in \(store.folder), or not whole, and \(reason); fetch it once with the "
                    + "hub in reach.")
        }
        return fetched(contents)
    }

    private func download(_ commit: HubCommit) throws -> Fetched {
        let wanted = try Self.wanted(commit.files, repository)
        let staging = store.staging(of: commit.sha)
        try store.make(staging)
        let progress = progress(wanted)
        defer { progress.finish() }
        var downloaded = 0
        for (index, file) in wanted.enumerated() {
            let there = Self.bytes("\(staging)/\(file.name)") ?? Self.bytes("\(staging)/\(file.name).part") ?? 0
            let download = HubDownload(
                hub: hub, repository: repository, commit: commit.sha, file: file, folder: staging,
                onProgress: { progress.show(file.name, $0) },
                onUnchecked: {
                    say("\(hub.url.host) tells no hash of \(file.name): nothing but its length could be checked")
                })
            if !download.isDone { try download.run() }
            let bytes = Self.bytes("\(staging)/\(file.name)") ?? 0
            progress.show(file.name, bytes)
            downloaded += max(0, bytes - there)
            // Before the weights: a configuration that can't be read spares them.
            if index == wanted.count - 2 { _ = try ModelDirectory(staging) }
        }
        let contents = try store.promote(commit.sha, of: repository, from: hub.url, names: wanted.map(\.name))
        try store.record(revision, is: commit.sha)
        return fetched(contents, downloaded: downloaded)
    }

    private static func bytes(_ path: String) -> Int? {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue
    }

    /// The files that a model directory needs, the weights last.
    private static func wanted(
        _ files: [HubCommit.File], _ repository: HubRepository
    ) throws(HubError) -> [HubCommit.File] {
        let byName = Dictionary(files.map { ($0.name, $0) }) { first, _ in first }
        for layout in ModelDirectory.Layout.allCases {
            let names = layout.names { byName[$0] != nil }
            guard byName[names.configuration[0]] != nil, let weights = byName[names.weights] else { continue }
            return (names.configuration + names.tokenizer).compactMap { byName[$0] } + [weights]
        }
        let formats = files.map(\.name).filter { name in
            [".bin", ".pt", ".pth", ".index.json", ".h5", ".msgpack", ".onnx"].contains(where: name.hasSuffix)
        }
        // Two layouts have the same names.
        let needed = Set(
            ModelDirectory.Layout.allCases.map { layout in
                let weights = layout.weightsNames
                return
                    "\(layout.names { _ in false }.configuration[0]) with \(weights.safetensors) or \(weights.pickled)"
            }
        ).sorted()
        throw HubError(
            .unusable,
            "\(repository) is no model that can be read here, which takes \(needed.joined(separator: ", or "))"
                + (formats.isEmpty
                    ? "." : "; its weights are \(formats.sorted().prefix(4).map(quoted).joined(separator: ", "))."))
    }
}
