import Foundation
import Testbed
import Testing

@testable import Fetch
@testable import Jobs
@testable import Settings

@Suite(.timeLimit(.minutes(2))) struct S3ServiceTests {
    private func url(_ uri: String, _ environment: [String: String]) async throws -> String {
        try await Settings(environment: environment).s3().request(S3Location(parsing: uri), at: Date()).url.text
    }

    @Test func whereBucketsLie() async throws {
        #expect(try await url("s3://bucket/a/b.jpg", [:]) == "https://bucket.s3.us-east-1.amazonaws.com/a/b.jpg")
        #expect(
            try await url("s3://my.bucket/x", ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "other"])
                == "https://s3.eu-west-1.amazonaws.com/my.bucket/x")
        #expect(
            try await url("s3://bucket/x", ["AWS_DEFAULT_REGION": "cn-north-1"])
                == "https://bucket.s3.cn-north-1.amazonaws.com.cn/x")
        let ours = ["ENTENTE_S3_ENDPOINT": "http://127.0.0.1:9000/store", "AWS_ENDPOINT_URL": "http://other"]
        #expect(try await url("s3://bucket/x", ours) == "http://127.0.0.1:9000/store/bucket/x")
        #expect(
            try await url("s3://bucket/x", ours.merging(["ENTENTE_S3_ADDRESSING": "host"]) { $1 })
                == "http://bucket.127.0.0.1:9000/store/x")
        #expect(try await url("s3://bucket/x", ["AWS_ENDPOINT_URL": "http://other"]) == "http://other/bucket/x")
        #expect(
            try await url("s3://bucket/x", ["AWS_ENDPOINT_URL": "http://other", "AWS_ENDPOINT_URL_S3": "https://s3.x"])
                == "https://s3.x/bucket/x")
    }

    @Test func keysMeanThemselves() async throws {
        #expect(
            try await url("s3://bucket/a b+c%20/é//../?#;=&@.jpg", ["ENTENTE_S3_ENDPOINT": "http://h"])
                == "http://h/bucket/a%20b%2Bc%2520/%C3%A9//../%3F%23%3B%3D%26%40.jpg")
        #expect(try await url("s3://bucket//x", ["ENTENTE_S3_ENDPOINT": "http://h"]) == "http://h/bucket//x")
        // A combining mark does not join the slash before it.
        #expect(try S3Location(parsing: "s3://bucket/\u{301}x").key == "\u{301}x")
    }

    @Test(arguments: [
        ("s3://", "bucket"), ("s3:bucket/x", "bucket"), ("s3://b/x", "bucket"), ("s3://me@evil.example/x", "bucket"),
        ("s3://evil.example:80/x", "bucket"), ("s3://../x", "bucket"), ("s3://bucket", "object"),
        ("s3://bucket/", "object"), ("s3://buck%65t/x", "bucket"),
    ]) func whatNamesNoObjectIsRefused(uri: String, says: String) {
        let failure = #expect(throws: ImageFailure.self) { try S3Location(parsing: uri) }
        #expect(failure?.kind == .unsupportedURI)
        #expect(failure?.description.contains("names no \(says)") == true, "\(failure?.description ?? "")")
    }

    @Test(arguments: [
        (["ENTENTE_S3_ENDPOINT": "minio:9000"], "ENTENTE_S3_ENDPOINT"),
        (["ENTENTE_S3_ENDPOINT": "ftp://h"], "ENTENTE_S3_ENDPOINT"),
        (["AWS_ENDPOINT_URL": "http://u:p@h"], "AWS_ENDPOINT_URL"),
        (["ENTENTE_S3_ADDRESSING": "virtual"], "path or host"), (["AWS_REGION": "eu west"], "AWS_REGION"),
        (["AWS_ACCESS_KEY_ID": "a"], "AWS_SECRET_ACCESS_KEY"),
        (["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b\nx: y"], "line break"),
        (["AWS_REGION": "evil.example/"], "AWS_REGION"),
    ]) func settingsThatCannotBe(environment: [String: String], says: String) async throws {
        let settings = try await Settings(environment: environment)
        let failure = #expect(throws: SettingsError.self) { try settings.s3() }
        #expect(failure?.description.contains(says) == true, "\(failure as Any)")
    }

    /// Its own server on loopback is the operator's word; where that one redirects to is not.
    @Test func endpointsMayLieAnywhereAndTheirRedirectsMayNot() async throws {
        let other = try LoopbackServer { _ in .init(Array("secret".utf8)) }
        let server = try LoopbackServer { request in
            switch request.target {
            case "/bucket/away": .redirect("\(other.url)/x", 307)
            case "/bucket/skewed":
                .init(403, Array("<Error><Code>RequestTimeTooSkewed</Code><Message>x</Message></Error>".utf8))
            case "/bucket/abroad":
                .init(
                    301, headers: ["x-amz-bucket-region": "eu-west-1"],
                    Array("<Error><Code>PermanentRedirect</Code></Error>".utf8))
            case "/bucket/denied": .init(403, Array("<?xml?><Error><Code>AccessDenied</Code></Error>".utf8))
            case "/bucket/none": .init(404, Array("<Error><Code>NoSuchKey</Code></Error>".utf8))
            case "/bucket/late": .init(400, Array("<Error><Code>RequestTimeout</Code></Error>".utf8))
            case "/bucket/hurried": .init(400, Array("<Error><Code>ThrottlingException</Code></Error>".utf8))
            case "/bucket/wrong": .init(400, Array("<Error><Code>InvalidArgument</Code></Error>".utf8))
            case "/bucket/slow": .init(503, Array("<Error><Code>SlowDown</Code></Error>".utf8))
            default: .init(Array(request.target.utf8))
            }
        }
        defer { [server, other].forEach { $0.stop() } }
        let settings = try await Settings(environment: [
            "ENTENTE_S3_ENDPOINT": server.url, "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key",
            "AWS_SESSION_TOKEN": "token",
        ])
        let remote = try RemoteImages(settings: settings, limit: 100) { false }
        try await onOwnThread { () throws in
            #expect(try remote.s3.read("s3://bucket/a+b") == Array("/bucket/a%2Bb".utf8))
            let asked = try #require(server.requests.first)
            #expect(asked.headers["authorization"]?.contains("Credential=id/") == true)
            #expect(asked.headers["x-amz-security-token"] == "token")
            // The very host that is good for s3:// is none for http://, even over a connection that is there.
            for uri in ["s3://bucket/away", "\(server.url)/bucket/x"] {
                let failure = #expect(throws: ImageFailure.self) {
                    try ImageFetcher(files: LocalFile(roots: FileRoots([]), limit: 9), remote: remote).fetch(uri)
                }
                #expect(failure?.kind == .addressRefused, "\(uri)")
            }
            #expect(other.connections == 0)
            for (key, says) in [
                ("skewed", "RequestTimeTooSkewed: set this machine's clock"),
                ("abroad", "set AWS_REGION to “eu-west-1”"),
                ("slow", "HTTP 503, SlowDown"), ("late", "HTTP 400, RequestTimeout"),
                ("hurried", "HTTP 400, ThrottlingException"),
            ] {
                let failure = #expect(throws: TransientFetchFailure.self) { try remote.s3.read("s3://bucket/\(key)") }
                #expect(failure?.description.contains(says) == true, "\(failure?.description ?? "")")
            }
            for (key, kind, says) in [
                ("denied", ImageFailure.Kind.unreadable, "HTTP 403, AccessDenied"), ("none", .notFound, "NoSuchKey"),
                ("wrong", .httpStatus, "HTTP 400, InvalidArgument"),
            ] {
                let failure = #expect(throws: ImageFailure.self) { try remote.s3.read("s3://bucket/\(key)") }
                #expect(failure?.kind == kind && failure?.description.contains(says) == true)
            }
        }
    }

    @Test func withoutCredentialsNobodySigns() async throws {
        let server = try LoopbackServer { _ in .init(Array("x".utf8)) }
        defer { server.stop() }
        let settings = try await Settings(environment: ["AWS_ENDPOINT_URL_S3": server.url])
        let remote = try RemoteImages(settings: settings, limit: 100) { false }
        try await onOwnThread { () throws in #expect(try remote.s3.read("S3://bucket/x") == Array("x".utf8)) }
        #expect(
            server.requests.first?.headers.keys.contains { $0 == "authorization" || $0.hasPrefix("x-amz") } == false)
    }
}
