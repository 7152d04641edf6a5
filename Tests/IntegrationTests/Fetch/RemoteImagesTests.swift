import Foundation
import Synchronization
import Testbed
import Testing

/// Pictures over HTTP and out of an object store, from a manifest to the tables and once more.
@Suite(.startsWorkers) struct RemoteImagesTests {
    /// Serves the drawn world's pictures below `/pictures/`, and some trouble.
    private static func pictures(hidden: LoopbackServer) throws -> LoopbackServer {
        let attempts = Mutex(0)
        return try LoopbackServer { request in
            let path = request.target.prefix { $0 != "?" }
            switch path {
            case "/moved.jpg": return .redirect("/pictures/\(DrawnWorld.ids(perClass: 1)[0])?token=secret")
            case "/inside.jpg": return .redirect("\(hidden.url)/pictures/x.jpg")
            case "/busy.jpg":
                let count = attempts.withLock { count in
                    count += 1
                    return count
                }
                guard count > 1 else { return .init(503, headers: ["Retry-After": "1"]) }
                return (try? DrawnWorld.bytes(DrawnWorld.ids(perClass: 1)[1])).map { .init($0) } ?? .init(500)
            case _ where path.hasPrefix("/pictures/"):
                return (try? DrawnWorld.bytes(String(path.dropFirst("/pictures/".count)))).map { .init($0) }
                    ?? .init(404)
            default: return .init(404)
            }
        }
    }

    @Test func manifestsOfURLsGoAllTheWay() async throws {
        try await onOwnThread { () throws in
            let hidden = try LoopbackServer { _ in .init(Array("secret".utf8)) }
            let server = try Self.pictures(hidden: hidden)
            defer { [hidden, server].forEach { $0.stop() } }
            let site = try Site(partitions: 2)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1, classes: 3)
            let label = DrawnWorld.classes[0]
            // The object store is the same server, asked anonymously.
            let lines =
                ids.map { "\(server.url)/pictures/\($0)?signature=secret,\($0)" } + [
                    "s3://pictures/\(ids[0]),stored", "\(server.url)/moved.jpg,moved", "\(server.url)/busy.jpg,busy",
                    "\(server.url)/none.jpg?signature=secret,none",
                    "http://me:secret@127.0.0.1:\(hidden.port)/x.jpg,private",
                    "\(server.url)/inside.jpg,inside",
                ]
            let manifest = try site.scratch.write(
                "uri,id,label\n" + lines.map { "\($0),\(label)\n" }.joined(), to: "list.csv")
            let submitted = try site.submit(["--manifest", manifest, "--images-per-job", "2"])
            #expect(submitted.images == 9)
            let environment = [
                "ENTENTE_HTTP_ALLOWED_HOSTS": "127.0.0.1:\(server.port)", "ENTENTE_S3_ENDPOINT": server.url,
                "ENTENTE_FAILURE_IMAGE_LIMIT": "100",
            ]
            let end = try site.work(environment: environment)
            #expect(try site.status(submitted.analysis) == Standing(expected: 9, done: 6, failed: 3, pending: 0))
            let connection = try site.connect()
            #expect(
                try connection.strings("SELECT image_id || ' ' || kind FROM entente.failed_images ORDER BY 1")
                    == ["inside address_refused", "none not_found", "private address_refused"])
            let messages = try connection.strings("SELECT message FROM entente.failed_images")
            #expect(messages.allSatisfy { !$0.contains("secret") }, "\(messages)")
            #expect(messages.count { $0.contains("a loopback address") } == 2)
            #expect(!end.errors.contains("secret") && end.errors.contains("HTTP 503"), "\(end)")
            #expect(hidden.connections == 0)

            // Once more, out of the database, over the same URLs.
            let revision = try Revision.model(in: site.scratch)
            let both = ["ENTENTE_MODEL_PATH": "\(DrawnWorld.model):\(revision)"].merging(environment) { $1 }
            let replay = try site.entente(
                ["replay", "--from", "demo", "--to", Revision.analysis(model: revision, in: site.scratch), "--json"])
            try #require(replay.status == 0, "\(replay)")
            try site.work(environment: both)
            #expect(try site.status("revised") == Standing(expected: 9, done: 6, failed: 3, pending: 0))
            #expect(
                try connection.number(
                    "SELECT count(DISTINCT image_id) + 10 * count(*) FROM entente.image_results") == 6 + 10 * 12)
            try site.expectRollupsTrue()
        }
    }

    /// Neither a slow host nor one that never ends holds up the end of a worker.
    @Test func slowHostsDoNotHoldUpTheStop() async throws {
        try await onOwnThread { () throws in
            let server = try LoopbackServer { _ in
                var answer = LoopbackServer.Answer([UInt8](repeating: 0, count: 100))
                answer.end = .stalls(after: 10)
                return answer
            }
            defer { server.stop() }
            let site = try Site(partitions: 1)
            defer { site.end() }
            let manifest = try site.scratch.write(
                "uri,id\n\(server.url)/x.jpg,x\n", to: "list.csv")
            let submitted = try site.submit(["--manifest", manifest])
            let worker = try site.worker(environment: ["ENTENTE_HTTP_ALLOWED_HOSTS": "127.0.0.1"])
            try eventually("the picture is asked for") { !server.requests.isEmpty }
            worker.signal(SIGTERM)
            // Its patience with a host is a minute, and it is given half a minute to finish.
            let end = try worker.wait(within: 25)
            #expect(end.status == 0, "\(end)")
            #expect(try site.status(submitted.analysis) == Standing(expected: 1, done: 0, failed: 0, pending: 1))
        }
    }

    @Test(arguments: [
        (["ENTENTE_HTTP_ALLOWED_HOSTS": "http://host"], "ENTENTE_HTTP_ALLOWED_HOSTS holds “http://host"),
        (["ENTENTE_S3_ENDPOINT": "minio:9000"], "ENTENTE_S3_ENDPOINT is no URL"),
        (["ENTENTE_FETCH_TIMEOUT": "0"], "ENTENTE_FETCH_TIMEOUT"),
    ]) func settingsAreCheckedBeforeAnythingStarts(environment: [String: String], says: String) async throws {
        try await onOwnThread { () throws in
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let end = try Product.run(
                ["worker"], in: scratch,
                environment: [
                    "ENTENTE_POSTGRES_URI": "postgresql:///none", "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
                ].merging(environment) { $1 })
            #expect(end.status == 64 && end.errors.contains(says), "\(end)")
        }
    }
}
