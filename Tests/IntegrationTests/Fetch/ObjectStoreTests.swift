import Concepts
import Foundation
import Testbed
import Testing

@testable import Fetch
@testable import Jobs
@testable import Settings

/// Against moto, an object store that checks signatures: `tools/s3/server.py`.
@Suite struct ObjectStoreTests {
    private struct Store: Decodable {
        let endpoint, bucket, region, access_key_id, secret_access_key: String
        /// SHA-256 by key.
        let objects: [String: String]
    }

    private struct NoStore: Error { let description: String }

    /// A Python that has moto: `ENTENTE_TEST_PYTHON`, or the one on the path.
    private static let python: String? = {
        let candidate = ProcessInfo.processInfo.environment["ENTENTE_TEST_PYTHON"] ?? "/usr/bin/python3"
        guard let scratch = try? ScratchFolder() else { return nil }
        defer { scratch.remove() }
        let end = try? RunningProgram(
            candidate, ["-c", "import moto.server, boto3, flask"], environment: [:], folder: scratch.path
        ).wait(within: 60)
        guard end?.status == 0 else {
            print(
                "SKIPPED: no moto for \(candidate), so nothing checks S3 signatures of odd keys; "
                    + "pip install 'moto[server,s3]' and name its Python in ENTENTE_TEST_PYTHON")
            return nil
        }
        return candidate
    }()

    @Test(.enabled(if: python != nil, "moto is not installed")) func oddKeysAreSignedRight() async throws {
        let python = try #require(Self.python)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../tools/s3/server.py").standardizedFileURL.path
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        let (store, settings) = try await Self.start(python, script, scratch)
        let (server, found) = store
        defer { server.end() }
        let remote = try RemoteImages(settings: settings, limit: 1 << 20) { false }
        let fetcher = ImageFetcher(files: LocalFile(roots: FileRoots([]), limit: 1), remote: remote)
        #expect(found.objects.count >= 12)
        for (key, hash) in found.objects {
            #expect(try fetcher.fetch("s3://\(found.bucket)/\(key)", sha256: hash).hash.hexadecimal == hash, "\(key)")
        }
        let missing = #expect(throws: ImageFailure.self) { try fetcher.fetch("s3://\(found.bucket)/no such key+") }
        #expect(missing?.kind == .notFound && missing?.description.contains("NoSuchKey") == true)

        let wrong = try await Settings(
            environment: Self.environment(found).merging(["AWS_SECRET_ACCESS_KEY": "x"]) { $1 })
        let forged = try RemoteImages(settings: wrong, limit: 1 << 20) { false }
        let refused = #expect(throws: TransientFetchFailure.self) {
            try forged.s3.read("s3://\(found.bucket)/plain.jpg")
        }
        #expect(refused?.description.contains("SignatureDoesNotMatch") == true)
    }

    private static func environment(_ store: Store) -> [String: String] {
        [
            "ENTENTE_S3_ENDPOINT": store.endpoint, "AWS_REGION": store.region,
            "AWS_ACCESS_KEY_ID": store.access_key_id, "AWS_SECRET_ACCESS_KEY": store.secret_access_key,
        ]
    }

    private static func start(
        _ python: String, _ script: String, _ scratch: ScratchFolder
    ) async throws -> ((RunningProgram, Store), Settings) {
        let server = try RunningProgram(
            python, ["-u", script], environment: ["PATH": "/usr/bin:/bin"], folder: scratch.path, conversing: true)
        try eventually("the object store serves") { server.output.hasSuffix("\n") || !server.isRunning }
        guard let store = try? JSONDecoder().decode(Store.self, from: Data(server.output.utf8)) else {
            server.end()
            throw NoStore(description: server.errors)
        }
        return ((server, store), try await Settings(environment: environment(store)))
    }
}
