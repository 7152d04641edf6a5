import Foundation
import HTTP
import Settings
import Threads

/// One file on its way from a hub into a folder: gone on with where it broke off, and checked before it gets its name.
struct HubDownload {
    let hub: Hub
    let repository: HubRepository
    /// Its files never change.
    let commit: String
    let file: HubCommit.File
    let folder: String
    /// Called with the number of bytes that there are of the file.
    let onProgress: (Int) -> Void
    /// Called when there is nothing to check the file by but its length.
    let onUnchecked: () -> Void

    /// Attempts in a row that bring nothing new.
    private static let attempts = 5
    /// Bytes of a file of which the hub does not say how large it is.
    private static let unknownLimit = 1 << 34

    /// Whether the file is there already.
    var isDone: Bool { FileManager.default.fileExists(atPath: target) }

    private var target: String { "\(folder)/\(file.name)" }

    /// - Throws: ``HubError``; what came stays, unless it is not what was promised.
    func run() throws(HubError) {
        let part = try PartialFile(target)
        // Ended between the last byte and the check.
        if part.count > 0, part.count == file.bytes, file.digest != nil { return try accept(part, Hub.Answer()) }
        var backoff = Backoff(base: 0.5, cap: 10)
        while true {
            let before = part.count
            do {
                let answer = try attempt(part)
                return try accept(part, answer)
            } catch  where error.code == .unreachable {
                if part.count > before { backoff.reset() }
                guard backoff.attempts + 1 < Self.attempts else { throw error }
                Thread.sleep(forTimeInterval: backoff.next())
            }
        }
    }

    /// Asks for what is missing, once; starts again where that can't be had.
    private func attempt(_ part: PartialFile) throws(HubError) -> Hub.Answer {
        onProgress(part.count)
        var (answer, stream) = try ask(part)
        // Nothing behind the end, or a version that is no more: the whole file then.
        if stream.isStale || [412, 416].contains(answer.head.status) {
            part.restart()
            (answer, stream) = try ask(part)
        }
        if let reason = part.failure { throw HubError(writing: part.path, reason) }
        try hub.check(answer, repository, commit, file: file.name)
        if let served = answer.commit, served != commit {
            throw HubError(
                .damaged, "\(hub.url.host) serves \(file.name) of commit \(quoted(served)), not of \(commit).")
        }
        if stream.isOversized {
            part.discard()
            let most = file.bytes ?? answer.size ?? Self.unknownLimit
            throw HubError(
                .damaged, "\(file.name) has more than the \(most) bytes that \(hub.url.host) says; it was removed.")
        }
        guard !stream.isStale else {
            throw HubError(.unreachable, "\(hub.url.host) sends \(file.name) from its middle.")
        }
        return answer
    }

    /// What is known of an answer while it comes. Belongs to one thread.
    private final class Stream {
        var hasBegun = false
        /// It goes on with something else than what is there.
        var isStale = false
        /// More came than the file may have.
        var isOversized = false
    }

    private func ask(_ part: PartialFile) throws(HubError) -> (Hub.Answer, Stream) {
        var headers: [(name: String, value: String)] = []
        if part.count > 0 {
            headers.append(("range", "bytes=\(part.count)-"))
            if let etag = part.origin?.etag, etag.hasPrefix("\"") { headers.append(("if-range", etag)) }
        }
        let stream = Stream()
        let path = "/\(repository)/resolve/\(commit)/\(percentEncoded(file.name))"
        let answer = try hub.get(path, headers: headers) { answer, bytes in take(bytes, of: answer, to: part, stream) }
        return (answer, stream)
    }

    /// Takes what comes; `false` ends it.
    private func take(
        _ bytes: UnsafeRawBufferPointer, of answer: Hub.Answer, to part: PartialFile, _ stream: Stream
    ) -> Bool {
        guard answer.head.status == 200 || answer.head.status == 206 else { return true }
        if !stream.hasBegun {
            stream.hasBegun = true
            stream.isStale = answer.head.status == 206 && !continues(part, answer)
            guard !stream.isStale else { return false }
            if answer.head.status == 200 { part.restart() }
            if part.count == 0 { part.begin(.init(etag: answer.head["etag"], digest: digest(answer))) }
        }
        guard part.count + bytes.count <= file.bytes ?? answer.size ?? Self.unknownLimit else {
            stream.isOversized = true
            return false
        }
        guard part.append(bytes) else { return false }
        onProgress(part.count)
        return true
    }

    /// Whether a part of a file goes on where ours ends, and is of the same version.
    private func continues(_ part: PartialFile, _ answer: Hub.Answer) -> Bool {
        let first = answer.head["content-range"]?.firstMatch(of: /^bytes (\d+)-/).flatMap { Int($0.1) }
        guard first == part.count, let origin = part.origin else { return false }
        if let etag = answer.head["etag"], let known = origin.etag, etag != known { return false }
        if let digest = digest(answer), let known = origin.digest, digest != known { return false }
        return true
    }

    private func digest(_ answer: Hub.Answer) -> HubDigest? { file.digest ?? answer.digest }

    /// Checks the whole file and gives it its name.
    private func accept(_ part: PartialFile, _ answer: Hub.Answer) throws(HubError) {
        if let size = file.bytes ?? answer.size, part.count != size {
            throw HubError(.unreachable, "\(file.name) ended after \(part.count) of \(size) bytes.")
        }
        guard let found = try? HubDigest.hashes(of: part.path) else { throw HubError(writing: part.path, EIO) }
        guard let expected = digest(answer) else {
            onUnchecked()
            return try part.finish(as: target)
        }
        let actual: HubDigest = if case .sha256 = expected { .sha256(found.sha256) } else { .git(found.git) }
        guard actual == expected else {
            part.discard()
            throw HubError(
                .damaged,
                "\(file.name) came with the hash \(actual.hex), and \(hub.url.host) says \(expected.hex); it was removed. "
                    + "Run the command again.")
        }
        try part.finish(as: target)
    }
}
