import Foundation
import Testbed
import Testing

@testable import Fetch
@testable import HTTP
@testable import Jobs

/// Pictures from a server on loopback, which is listed, and from where nothing may be fetched.
@Suite(.timeLimit(.minutes(2))) struct HTTPImagesTests {
    private let limit = 1000
    private let picture = Array("picture".utf8)

    private func images(
        _ allowed: String = "127.0.0.1", resolve: [String] = [], timeout: Double = 20,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> HTTPImages {
        HTTPImages(
            client: HTTPClient(
                policy: .openNetwork(except: try AllowedHosts(parsing: allowed)), resolve: resolve,
                isCancelled: isCancelled),
            limit: limit, timeout: timeout)
    }

    private func failure(_ images: HTTPImages, _ uri: String) -> ImageFailure? {
        #expect(throws: ImageFailure.self, "\(uri)") { try images.read(uri) }
    }

    private func passing(_ images: HTTPImages, _ uri: String) -> TransientFetchFailure? {
        #expect(throws: TransientFetchFailure.self, "\(uri)") { try images.read(uri) }
    }

    private func server(
        _ answer: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Answer
    ) throws -> LoopbackServer { try LoopbackServer(answer) }

    @Test func picturesComeOverOneConnection() async throws {
        let server = try server { [picture] _ in .init(picture) }
        defer { server.stop() }
        try await onOwnThread { [picture, images = try images()] () throws in
            for index in 0..<5 { #expect(try images.read("\(server.url)/a b/\(index).jpg?token=1") == picture) }
        }
        #expect(server.connections == 1)
        #expect(server.requests.map(\.target).first == "/a%20b/0.jpg?token=1")
        #expect(server.requests[0].headers["user-agent"]?.hasPrefix("entente/") == true)
    }

    @Test func credentialsOfTheURLAreForItsHostAlone() async throws {
        let other = try server { [picture] _ in .init(picture) }
        let server = try server { _ in .redirect("\(other.url)/x.jpg") }
        defer { [server, other].forEach { $0.stop() } }
        let uri = "http://me:secret@127.0.0.1:\(server.port)/x.jpg"
        try await onOwnThread { [picture, images = try images()] () throws in #expect(try images.read(uri) == picture) }
        #expect(server.requests[0].headers["authorization"] == "Basic " + Data("me:secret".utf8).base64EncodedString())
        #expect(other.requests[0].headers["authorization"] == nil)
    }

    /// A token with a slash in it, before the host that was meant.
    @Test func whatMayBeASecretIsNotShownAsAHost() async throws {
        let images = try images("", resolve: ["potoroo:80:10.0.0.1", "potoroo:4711:10.0.0.1"])
        try await onOwnThread { () throws in
            for uri in ["http://Potoroo/bettong@h.example/x.jpg", "http://Potoroo:4711/@h.example/x.jpg"] {
                let failure = failure(images, uri)
                #expect(failure?.kind == .addressRefused && failure?.description.contains("h.example/x.jpg") == true)
                let said = failure?.description.lowercased() ?? "potoroo"
                #expect(!said.contains("potoroo") && !said.contains("bettong") && !said.contains("4711"), "\(said)")
            }
        }
    }

    /// The parser takes such names, and only what makes a name of the network's letters of them does not.
    @Test func namesThatNoHostCanHaveNeverSucceed() async throws {
        let images = try images("")
        try await onOwnThread { () throws in
            for host in ["１２７.0.0.1", "a\u{200b}\u{2060}.example", String(repeating: "ä", count: 200)] {
                let failure = failure(images, "http://\(host):8081/x.jpg?secret")
                // Where the library's rules are wider, the name leads to an address that is refused.
                #expect(
                    [.unsupportedURI, .addressRefused].contains(failure?.kind),
                    "\(host): \(failure?.description ?? "transient")")
                #expect(failure?.description.contains("secret") == false)
            }
        }
    }

    /// Nothing is even connected: the server counts.
    @Test(arguments: [
        ("127.0.0.1", "a loopback address"), ("localhost", "a loopback address"), ("2130706433", "a loopback address"),
        ("0177.0.0.1", "a loopback address"), ("0x7f.1", "a loopback address"), ("127.1", "a loopback address"),
        ("0", "an unspecified address"), ("[::1]", "a loopback address"), ("[::ffff:127.0.0.1]", "an IPv4-mapped"),
        ("[::127.0.0.1]", "an IPv4-compatible"), ("10.0.0.1", "a private address"), ("169.254.1.1", "a link-local"),
        ("[fe80::1]", "a link-local"), ("[fd00::1]", "a unique-local"), ("100.64.0.1", "a carrier-grade NAT"),
        ("224.0.0.1", "a multicast"), ("169.254.169.254", "a cloud-metadata"), ("[fd00:ec2::254]", "a cloud-metadata"),
        ("[64:ff9b::7f00:1]", "a NAT64"), ("[2002:7f00:1::]", "a 6to4"),
    ]) func addressesAreRefusedByName(host: String, rule: String) async throws {
        let server = try server { [picture] _ in .init(picture) }
        let hop = try self.server { _ in .redirect("http://\(host):\(server.port)/secret.jpg?token") }
        defer { [server, hop].forEach { $0.stop() } }
        // Only the redirecting server is listed.
        let images = try images("127.0.0.1:\(hop.port)")
        try await onOwnThread { () throws in
            for uri in ["http://u:secret@\(host):\(server.port)/x.jpg?secret", "\(hop.url)/x.jpg?secret"] {
                let failure = failure(images, uri)
                #expect(failure?.kind == .addressRefused)
                #expect(failure?.description.contains(rule) == true, "\(failure?.description ?? "")")
                #expect(failure?.description.contains("ENTENTE_HTTP_ALLOWED_HOSTS") == true)
                #expect(failure?.description.contains("secret") == false, "\(failure?.description ?? "")")
            }
        }
        #expect(server.connections == 0 && hop.requests.count == 1)
    }

    /// What a name resolves to is what counts, and a name of several addresses is good for those that may be connected.
    @Test func answersOfResolversAreJudged() async throws {
        let server = try server { [picture] _ in .init(picture) }
        defer { server.stop() }
        let port = server.port
        let images = try images(
            "good.example",
            resolve: [
                "evil.example:\(port):127.0.0.1", "meta.example:\(port):169.254.169.254",
                "good.example:\(port):127.0.0.1", "both.example:\(port):10.0.0.1,127.0.0.1",
            ])
        try await onOwnThread { [picture] () throws in
            #expect(failure(images, "http://evil.example:\(port)/")?.kind == .addressRefused)
            #expect(failure(images, "http://meta.example:\(port)/")?.description.contains("cloud-metadata") == true)
            #expect(failure(images, "http://both.example:\(port)/")?.kind == .addressRefused)
            #expect(server.connections == 0)
            #expect(try images.read("http://good.example:\(port)/") == picture)
            // The connection that is open to the same address by a good name helps a bad one in nothing.
            #expect(failure(images, "http://evil.example:\(port)/")?.kind == .addressRefused)
        }
        #expect(server.requests.count == 1)
    }

    @Test func redirectsAreFollowedThrice() async throws {
        let server = try server { [picture] request in
            let left = Int(request.target.dropFirst()) ?? 0
            return left == 0 ? .init(picture) : .redirect("\(left - 1)", [301, 302, 303, 307, 308][left % 5])
        }
        defer { server.stop() }
        try await onOwnThread { [picture, images = try images()] () throws in
            #expect(try images.read("\(server.url)/3") == picture)
            let failure = failure(images, "\(server.url)/4")
            #expect(failure?.kind == .tooManyRedirects)
            #expect(failure?.description.contains("more than 3 times") == true)
        }
    }

    @Test(arguments: [("file:///etc/passwd", "file:"), ("ftp://127.0.0.1/x", "ftp:"), ("gopher://h/x", "gopher:")])
    func otherSchemesAreNotFollowed(location: String, scheme: String) async throws {
        let server = try server { _ in .redirect(location) }
        defer { server.stop() }
        let images = try images()
        try await onOwnThread { () throws in
            let failure = failure(images, "\(server.url)/x.jpg")
            #expect(failure?.kind == .unsupportedURI)
            #expect(failure?.description.contains("redirects to “\(scheme)”") == true, "\(failure?.description ?? "")")
        }
    }

    @Test(
        arguments: [
            (404, .notFound), (410, .notFound), (401, .unreadable), (403, .unreadable), (400, .httpStatus),
            (418, .httpStatus), (204, .httpStatus), (206, .httpStatus), (304, .httpStatus),
        ] as [(Int, ImageFailure.Kind)]) func statusesThatStay(status: Int, kind: ImageFailure.Kind) async throws
    {
        let server = try server { _ in .init(status, status == 204 || status == 304 ? [] : Array("no".utf8)) }
        defer { server.stop() }
        let images = try images()
        try await onOwnThread { () throws in
            let failure = failure(images, "\(server.url)/x.jpg?secret")
            #expect(failure?.kind == kind)
            #expect(failure?.description.contains("HTTP \(status)") == true, "\(failure?.description ?? "")")
            #expect(failure?.description.contains("secret") == false)
        }
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504]) func statusesThatPass(status: Int) async throws {
        let server = try server { _ in .init(status, headers: ["Retry-After": "7"], Array("busy".utf8)) }
        defer { server.stop() }
        let images = try images()
        try await onOwnThread { () throws in
            let failure = passing(images, "\(server.url)/x.jpg?secret")
            #expect(failure?.retryAfter == 7)
            #expect(failure?.description.contains("HTTP \(status)") == true)
            #expect(failure?.description.contains("secret") == false)
        }
    }

    @Test func limitIsInclusiveWhetherSaidOrNot() async throws {
        let server = try server { [limit] request in
            var answer = LoopbackServer.Answer(
                [UInt8](repeating: 1, count: request.target == "/fits" ? limit : limit + 1))
            if request.target == "/unsaid" { answer.length = nil }
            // Nothing of the body is sent, and none is waited for.
            if request.target == "/said" { answer.end = .stalls(after: 1) }
            return answer
        }
        defer { server.stop() }
        let images = try images()
        try await onOwnThread { () throws in
            #expect(try images.read("\(server.url)/fits").count == 1000)
            let said = failure(images, "\(server.url)/said")
            #expect(said?.kind == .tooLarge && said?.description.contains("has 1001 bytes; the limit is 1000") == true)
            #expect(failure(images, "\(server.url)/unsaid")?.kind == .tooLarge)
        }
    }

    @Test func whatBreaksOffIsTriedAgain() async throws {
        let server = try server { [picture] _ in
            var answer = LoopbackServer.Answer(picture)
            answer.end = .closes(after: 3)
            return answer
        }
        defer { server.stop() }
        let images = try images()
        try await onOwnThread { () throws in
            #expect(passing(images, "\(server.url)/x")?.description.contains("broke off") == true)
            server.stop()
        }
    }

    @Test func hostsThatAreAwayAreTriedAgain() async throws {
        let server = try server { _ in .init(200) }
        let url = server.url
        server.stop()
        let images = try images()
        try await onOwnThread { () throws in
            #expect(passing(images, "http://no-such-host.invalid/x.jpg")?.description.contains("no address") == true)
            #expect(throws: Never.self) {
                try eventually("nobody listens any more") {
                    (passing(images, url + "/x.jpg")?.description.contains("can't be connected")) == true
                }
            }
        }
    }

    @Test func patienceEnds() async throws {
        let server = try server { [picture] _ in
            var answer = LoopbackServer.Answer(picture)
            answer.end = .stalls(after: 3)
            return answer
        }
        defer { server.stop() }
        let short = try images(timeout: 0.2)
        // Not before the request is there.
        let patient = try images(isCancelled: { server.requests.count >= 2 })
        try await onOwnThread { () throws in
            #expect(passing(short, "\(server.url)/x")?.description.contains("took too long") == true)
            #expect(passing(patient, "\(server.url)/x")?.description.contains("called off") == true)
        }
    }

    @Test(arguments: ["http://", "http://h:x/", "https://a b/"]) func noURL(uri: String) throws {
        #expect(failure(try images(), uri)?.kind == .unsupportedURI)
    }

    @Test func wishesToWait() {
        func wish(_ text: String?) -> Double? {
            ImageBody.retryAfter(
                HTTPHead(status: 503, headers: text.map { ["retry-after": $0] } ?? [:]),
                now: Date(timeIntervalSince1970: 784_111_747))
        }
        #expect(wish("120") == 120)
        #expect(wish("Sun, 06 Nov 1994 08:49:37 GMT") == 30)
        #expect(wish("Sun, 06 Nov 1994 08:49:00 GMT") == 0)
        for nothing in [nil, "soon", "", "-5"] { #expect(wish(nothing) == nil, "\(nothing ?? "nil")") }
    }
}
