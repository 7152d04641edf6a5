import Foundation
import Testbed
import Testing

@testable import Fetch
@testable import HTTP
@testable import Jobs
@testable import Settings

/// Pictures that a server or store has with a coding.
@Suite(.timeLimit(.minutes(2))) struct ContentEncodingTests {
    /// What the codings below hold: made by zlib's, brotli's and zstd's own programs.
    private static let plain: [UInt8] = (0..<900).map { (index: Int) in UInt8((index * index * 7 + index) % 251) }

    private static let coded: [(String, String)] = [
        (
            "gzip",
            """
            H4sIAAAAAAACA2PgkHMq2cKefNbrQqbAgeYQYwVpFeuEyVc0Wj/kfe03f7GmLs7HIyhrwhHu6J1aSwyPF6g/3zW7q33S6ks8/gtYCt9Uie0utu\
            R9devGE2btxKXfY055Xy2SvTgjN8DRwTdj4gmh1GNW290f9Ljx3T+8devh+3xuPQ/ct1sdSxU6MTHD18ExIHfGRdmiq96nYr4vTdRmfnLj1ite\
            y+LdYlVvClkW+PNcWj2pvWv2rufqBccNl2jtjOY+MiEryMMnrm7NC/P+r3kfWjWuTE6wVpFWMA5pPiCQecHrbDL7lhInOQ4GNimbnFXfQvda7A\
            n+vCzdTPjnp5/CZunLPgfvsdgb+m1Vjo0UG8Oo10e9Phi8DgCFNFxdhAMAAA==
            """
        ),
        (
            "deflate",
            """
            eJxj4JBzKtnCnnzW60KmwIHmEGMFaRXrhMlXNFo/5H3tN3+xpi7OxyMoa8IR7uidWksMjxeoP981u6t90upLPP4LWArfVIntLrbkfXXrxhNm7c\
            Sl32NOeV8tkr04IzfA0cE3Y+IJodRjVtvdH/S48d0/vHXr4ft8bj0P3LdbHUsVOjExw9fBMSB3xkXZoqvep2K+L03UZn5y49YrXsvi3WJVbwpZ\
            FvjzXFo9qb1r9q7n6gXHDZdo7YzmPjIhK8jDJ65uzQvz/q95H1o1rkxOsFaRVjAOaT4gkHnB62wy+5YSJzkOBjYpm5xV30L3WuwJ/rws3Uz456\
            efwmbpyz4H77HYG/ptVY6NFBvDqNdHvT4YvA4AKbmnLg==
            """
        ),
        (
            "br",
            """
            G4MD+I/SXLQhGJ/kGaWn19bWkpIsSPCiFzjQt7Oe/DtH4e0D43QgDyaYCXCSESU2IxoNVXJDgEM/ZgA+Ns13AgkzaY4KAraYhkfZgVTGW9h3kc\
            pdf6Kbpal9UPEC2nlUpl1uOULydqwuN6u0bw9j0wyZT7G08Wg1bJ2dRFnPjl+XNYvDKO5udaitnq5VQMkKyXdJfdjkJt8Ydz2/B+ev1Tj/xmRY\
            fcmXtFISYKWrZxtavcuNOrRYc/nt8JQF58ktUYsep8U+RUKaO2avrzQrt27sVjJiWa5dZtQZvVAcZG9q6ZbYf6dS9B32liF1UOahIcYWKDimzR\
            ACd8w3veEDS5+HAHLNkN4fp0nVCYfPTn9l8v/71vw7Px0mVCedfnpDNFkwAg==
            """
        ),
        (
            "zstd",
            """
            KLUv/WCEAi0IALQPAAgeQnS0B2PNStBpEMCDVDMgGyQ7YJPUKIXwbvWPN+isfl5MSFJqkMQLW7kqpDHHcCfnupuKh5Kr0gxPoARx7HoWu3M5De\
            ra2OQDK2Gl91zKS9VyHdGYbVBBQE1okcgSZcY6t0fgjEYO38O1tcPfDkaM4Ee3OsZlEsiRaE1AQVBtmNEdctVLylz3pWErA+TY2uoNOXO7Fnrs\
            cQSgTwzSq5KHipu65ydwxzGkKrlbC8SQalJITF5+rOg3j/Vu8IUo1JNgOyQbIDNUg8AQadBKzWMHtHRCHggABho8bKr2Vb04vFPzpmc2E/ny+R\
            M2Z6bzU7w4vVX2qmw8GgYBAHtD/spIAQ==
            """
        ),
    ]

    private static func bytes(_ name: String) -> [UInt8] {
        coded.first { $0.0 == name }.flatMap { Data(base64Encoded: $0.1) }.map { [UInt8]($0) } ?? []
    }

    private func images(limit: Int) throws -> HTTPImages {
        HTTPImages(
            client: HTTPClient(policy: .openNetwork(except: try AllowedHosts(parsing: "127.0.0.1"))), limit: limit,
            timeout: 20)
    }

    private func server(_ coding: String, _ body: [UInt8]) throws -> LoopbackServer {
        try LoopbackServer { _ in .init(200, headers: ["Content-Encoding": coding], body) }
    }

    @Test(arguments: coded.map(\.0) + ["GZIP", "x-gzip"]) func theCodingIsUndone(_ name: String) async throws {
        let known = name.lowercased() == "x-gzip" ? "gzip" : name.lowercased()
        let server = try server(name, Self.bytes(known))
        defer { server.stop() }
        try await onOwnThread { [images = try images(limit: 900)] () throws in
            #expect(try images.read("\(server.url)/x.jpg") == Self.plain)
        }
        #expect(server.requests[0].headers["accept-encoding"] == "identity")
    }

    /// The store keeps the coding that an object was uploaded with.
    @Test func objectsOfStoresToo() async throws {
        let server = try server("gzip", Self.bytes("gzip"))
        defer { server.stop() }
        let settings = try await Settings(environment: ["AWS_ENDPOINT_URL_S3": server.url])
        let remote = try RemoteImages(settings: settings, limit: 900) { false }
        try await onOwnThread { () throws in
            let fetcher = ImageFetcher(files: LocalFile(roots: FileRoots([]), limit: 1), remote: remote)
            let (bytes, hash) = try fetcher.fetch("s3://bucket/x")
            #expect(bytes == Self.plain)
            // The hash is of the picture and not of what came.
            #expect(try fetcher.fetch("s3://bucket/x", sha256: hash.hexadecimal).hash == hash)
        }
    }

    /// The limit is on what comes out: a coding of few bytes may hold many.
    @Test func theLimitIsOnTheDecodedBody() async throws {
        let server = try server("gzip", Self.bytes("gzip"))
        defer { server.stop() }
        try await onOwnThread { [images = try images(limit: 899)] () throws in
            let failure = #expect(throws: ImageFailure.self) { try images.read("\(server.url)/x.jpg") }
            #expect(failure?.kind == .tooLarge)
            #expect(failure?.description.contains("more bytes than are taken; the limit is 899") == true)
        }
    }

    @Test(arguments: ["gzip", "br", "compress", "aws-chunked, gzip"])
    func whatCannotBeUndoneIsNamed(_ coding: String) async throws {
        let server = try server(coding, Array("no coding at all".utf8))
        defer { server.stop() }
        try await onOwnThread { [images = try images(limit: 900)] () throws in
            let failure = #expect(throws: ImageFailure.self) { try images.read("\(server.url)/x.jpg") }
            #expect(failure?.kind == .undecodable)
            #expect(failure?.description.contains("Content-Encoding") == true, "\(failure as Any)")
            #expect(failure?.description.contains("“\(coding)”") == true)
        }
    }

    /// Servers say odd things there, and mean none.
    @Test(arguments: ["identity", "utf-8", "none", "aws-chunked", "binary", ""])
    func whatIsNoCodingIsPassedOver(_ coding: String) async throws {
        let server = try server(coding, Self.plain)
        defer { server.stop() }
        try await onOwnThread { [images = try images(limit: 900)] () throws in
            #expect(try images.read("\(server.url)/x.jpg") == Self.plain)
        }
    }
}
