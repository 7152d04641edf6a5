import Concepts
import Crypto
import Foundation
import Inference
import Testbed
import Testing

@testable import Fetch
@testable import Jobs

@Suite struct ImageFetcherTests {
    private let scratch: ScratchFolder
    private let fetcher: ImageFetcher
    private let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  // of "abc"

    init() throws {
        scratch = try ScratchFolder()
        fetcher = ImageFetcher(files: LocalFile(roots: FileRoots([scratch.path]), limit: 100))
    }

    private func failure(_ uri: String, sha256: String? = nil) -> ImageFailure? {
        #expect(throws: ImageFailure.self) { try fetcher.fetch(uri, sha256: sha256) }
    }

    @Test(arguments: ["a b.jpg", "100%.jpg", "#?;.jpg", "\u{e9}/猫.jpg", "e\u{301}.jpg"])
    func filesComeWithTheirHash(name: String) throws {
        let fetched = try fetcher.fetch(ImageFetcher.fileURI(ofPath: scratch.write("abc", to: name)))
        #expect(fetched.bytes == Array("abc".utf8))
        #expect(fetched.hash.hexadecimal == hash)
    }

    @Test func inlineBytesComeWithTheirHash() throws {
        let fetched = try fetcher.fetch("data:,abc", sha256: hash)
        #expect(fetched.bytes == Array("abc".utf8))
        #expect(fetched.hash.hexadecimal == hash)
        #expect(try fetcher.fetch("data:,abc", sha256: hash.uppercased()).bytes == fetched.bytes)
    }

    @Test func changedBytesAreRefused() {
        let failure = failure("data:image/png,abd", sha256: hash)
        #expect(failure?.kind == .contentMismatch)
        #expect(failure?.description.contains(hash) == true)
        #expect(failure?.description.contains("submit the changed picture anew") == true)
        #expect(failure?.description.contains("abd") == false)
    }

    @Test(arguments: [
        ("https://me:secret@host/x.jpg?secret=1", "https: is not supported"), ("s3://bucket/x", "s3: is not supported"),
        ("ftp://host/x", "ftp:"), ("/data/x.jpg", "no scheme"), ("x.jpg", "no scheme"), ("", "no scheme"),
        (":", "is not supported"),
    ]) func otherSchemesAreRefusedByName(uri: String, says: String) {
        let failure = failure(uri)
        #expect(failure?.kind == .unsupportedURI)
        #expect(failure?.description.contains(says) == true, "\(failure?.description ?? "")")
        #expect(failure?.description.contains("file:///path") == true)
        #expect(failure?.description.contains("secret") == false)
    }

    @Test func escapedWaysOutAreRefused() throws {
        // Up to the root, however deep temporary folders lie.
        let up = String(repeating: "/%2e%2e", count: scratch.path.count { $0 == "/" })
        #expect(failure("file://\(scratch.path)\(up)/etc/passwd")?.kind == .outsideRoots)
        #expect(failure("file:///x%00.jpg")?.kind == .notFound)
    }

    @Test func limitsHoldForEveryScheme() throws {
        let path = try scratch.write([UInt8](repeating: 1, count: 101), to: "x.jpg")
        #expect(failure(ImageFetcher.fileURI(ofPath: path))?.kind == .tooLarge)
        #expect(failure("data:," + String(repeating: "x", count: 101))?.kind == .tooLarge)
    }

    /// They are stored, sent and shown.
    @Test func messagesAreBoundedAndOneLine() {
        let name = "a\n\u{1b}[2J\u{202e}" + String(repeating: "é", count: 1 << 19)
        for description in [
            ImageFailure(.notFound, "\(name) does not exist.").description,
            TransientFetchFailure(description: "\(name) can't be read now.").description,
            ImageFailure(decoding: InferenceError(.damagedImage, name)).description, failure("\(name)")?.description,
            failure("file:///\(name)")?.description, failure("\(name):x")?.description,
            failure("data:" + String(repeating: "x", count: 1 << 20))?.description,
        ] {
            #expect((description?.utf8.count ?? .max) < 2100)
            #expect(description?.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E } == false)
        }
    }

    @Test func aMarkHidesNoScheme() throws {
        #expect(failure("https:\u{301}//me:secret@host/x")?.description.contains("secret") == false)
        #expect(failure("file:///\u{301}x.jpg")?.kind == .outsideRoots)
    }

    @Test func decodingErrorsBecomeTheKindsOfATable() {
        #expect(ImageFailure(decoding: InferenceError(.imageTooLarge, "x")).kind == .tooLarge)
        #expect(ImageFailure(decoding: InferenceError(.damagedImage, "x")).kind == .undecodable)
        #expect(ImageFailure(decoding: InferenceError(.unsupportedImage, "why")).description == "why")
    }

    /// They are words of tables and reports: renaming one is a break.
    @Test func kindsKeepTheirNames() {
        let kinds: [ImageFailure.Kind] = [
            .unsupportedURI, .notFound, .notAFile, .outsideRoots, .unreadable, .tooLarge, .undecodable,
            .contentMismatch, .unknownLabel, .fetchExhausted, .unstorable, .addressRefused, .tooManyRedirects,
            .httpStatus, .encoderOverflow,
        ]
        #expect(
            kinds.map(\.rawValue) == [
                "unsupported_uri", "not_found", "not_a_file", "outside_roots", "unreadable", "too_large", "undecodable",
                "content_mismatch", "unknown_label", "fetch_exhausted", "unstorable", "address_refused",
                "too_many_redirects", "http_status", "encoder_overflow",
            ])
    }
}
