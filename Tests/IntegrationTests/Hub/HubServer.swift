import Concepts
import Crypto
import Foundation
import Synchronization
import Testbed

/// A hub on loopback with one repository: small files out of the hub itself, weights by way of another server.
final class HubServer: Sendable {
    static let repository = "someone/tiny-clip"
    static let commit = String(repeating: "0123456789", count: 4)

    /// What it does wrong.
    struct Mood: Sendable {
        /// Bytes of the weights after which the connection breaks off, once.
        var breaksOffAfter: Int?
        /// The weights stop coming there, until the client goes away.
        var stallsAfter: Int?
        /// A byte of the weights is another one.
        var damages = false
        /// What the version of the weights is called where they lie.
        var version = "\"v1\""
        /// Who may see the repository; nil: anybody.
        var token: String?
        /// Whether sizes and hashes are in the list of files too.
        var listsHashes = true
    }

    struct Asked: Sendable {
        let isStorage: Bool
        let request: LoopbackServer.Request
    }

    private let files: [String: [UInt8]]
    private let mood = Mutex(Mood())
    private let log = Mutex<[Asked]>([])
    private let hub = Mutex<LoopbackServer?>(nil)
    private let storage = Mutex<LoopbackServer?>(nil)

    /// - Parameter files: by name.
    init(_ files: [String: [UInt8]]) throws {
        self.files = files
        let storage = try LoopbackServer { [unowned self] request in
            log.withLock { $0.append(Asked(isStorage: true, request: request)) }
            return store(request)
        }
        let hub = try LoopbackServer { [unowned self] request in
            log.withLock { $0.append(Asked(isStorage: false, request: request)) }
            return answer(request)
        }
        self.storage.withLock { $0 = storage }
        self.hub.withLock { $0 = hub }
    }

    var url: String { hub.withLock { $0?.url } ?? "" }
    var asked: [Asked] { log.withLock { $0 } }
    func forget() { log.withLock { $0 = [] } }
    func set(_ body: (inout Mood) -> Void) { mood.withLock { body(&$0) } }

    func stop() {
        hub.withLock { $0?.stop() }
        storage.withLock { $0?.stop() }
    }

    static let weights = "open_clip_model.safetensors"

    private func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
        let mood = mood.withLock { $0 }
        if let token = mood.token, request.headers["authorization"] != "Bearer \(token)" { return .init(401) }
        let path = String(request.target.prefix { $0 != "?" })
        let api = "/api/models/\(Self.repository)"
        if path == api { return .init(Array("{}".utf8)) }
        if path == "\(api)/revision/main" || path == "\(api)/revision/\(Self.commit)" || path == "\(api)/revision/a%2Fb"
        {
            return .init(list(mood))
        }
        if path.hasPrefix(api) { return .init(404, headers: ["X-Error-Code": "RevisionNotFound"]) }
        let prefix = "/\(Self.repository)/resolve/\(Self.commit)/"
        guard path.hasPrefix(prefix), let bytes = files[String(path.dropFirst(prefix.count))] else {
            return .init(
                404,
                headers: ["X-Error-Code": path.hasPrefix("/\(Self.repository)/") ? "EntryNotFound" : "RepoNotFound"])
        }
        if path.hasSuffix(Self.weights) {
            return .init(
                302,
                headers: [
                    "Location": "\(storage.withLock { $0?.url } ?? "")/blob?signature=secret",
                    "X-Linked-ETag": "\"\(SHA256.hash(data: Data(bytes)).hexadecimal)\"",
                    "X-Linked-Size": "\(bytes.count)", "X-Repo-Commit": Self.commit,
                ], Array("elsewhere".utf8))
        }
        let hash = Insecure.SHA1.hash(data: Data("blob \(bytes.count)\0".utf8) + Data(bytes)).hexadecimal
        return .init(200, headers: ["ETag": "\"\(hash)\"", "X-Repo-Commit": Self.commit], bytes)
    }

    private func list(_ mood: Mood) -> [UInt8] {
        let siblings = files.sorted { $0.key < $1.key }.map { name, bytes in
            let hash = SHA256.hash(data: Data(bytes)).hexadecimal
            let lfs =
                name == Self.weights
                ? ", \"lfs\": {\"sha256\": \"\(hash)\", \"size\": \(bytes.count), \"pointerSize\": 130}" : ""
            return "{\"rfilename\": \"\(name)\"" + (mood.listsHashes ? ", \"size\": \(bytes.count)\(lfs)" : "") + "}"
        }
        return Array("{\"sha\": \"\(Self.commit)\", \"siblings\": [\(siblings.joined(separator: ", "))]}".utf8)
    }

    private func store(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
        let mood = mood.withLock { mood in
            defer { mood.breaksOffAfter = nil }
            return mood
        }
        guard request.target == "/blob?signature=secret", var bytes = files[Self.weights] else { return .init(404) }
        if mood.damages { bytes[bytes.count / 2] ^= 1 }
        var headers = ["ETag": mood.version]
        var answer = LoopbackServer.Answer(200, headers: headers, bytes)
        let isSame = request.headers["if-range"].map { $0 == mood.version } ?? true
        if let range = request.headers["range"]?.firstMatch(of: /^bytes=(\d+)-$/), let first = Int(range.1), isSame {
            headers["Content-Range"] = "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"
            answer = .init(206, headers: headers, bytes[first...])
        }
        if let count = mood.breaksOffAfter { answer.end = .closes(after: count) }
        if let count = mood.stallsAfter { answer.end = .stalls(after: count) }
        return answer
    }
}
