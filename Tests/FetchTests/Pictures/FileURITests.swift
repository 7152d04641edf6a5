import Testing

@testable import Fetch
@testable import Jobs

@Suite struct FileURITests {
    private func path(_ uri: String) throws(ImageFailure) -> PathBytes { try FileURI.path(of: uri) }

    @Test(arguments: [
        ("file:///data/x.jpg", "/data/x.jpg"), ("file://localhost/data/x.jpg", "/data/x.jpg"),
        ("file:/data/x.jpg", "/data/x.jpg"), ("FILE:///data/x.jpg", "/data/x.jpg"),
        ("file:///a%20b%25%23%3f.jpg", "/a b%#?.jpg"), ("file:///%C3%A9.jpg", "/\u{e9}.jpg"),
        ("file:///\u{e9} x.jpg", "/\u{e9} x.jpg"), ("file:///a+b&c;d=e.jpg", "/a+b&c;d=e.jpg"),
        ("file:////x", "//x"), ("file:///a/%2e%2e/b", "/a/../b"),
    ]) func decoded(uri: String, expected: String) throws {
        #expect(try path(uri).bytes == Array(expected.utf8))
    }

    @Test(arguments: [
        ("file://server/data/x.jpg", "host"), ("file://data/x.jpg", "host"), ("file:x.jpg", "absolute path"),
        ("file:./x.jpg", "absolute path"), ("file:", "absolute path"), ("file://", "absolute path"),
        ("file:///a%2", "percent escape"), ("file:///a%zz", "percent escape"), ("file:///a%+1", "percent escape"),
        ("file:///x.jpg?size=1", "%3F"), ("file:///x.jpg#top", "%23"),
    ]) func refused(uri: String, says: String) throws {
        let failure = #expect(throws: ImageFailure.self) { try path(uri) }
        #expect(failure?.kind == .unsupportedURI)
        #expect(failure?.description.contains(says) == true, "\(failure?.description ?? "")")
    }

    @Test func refusalsLeaveOutWhatMayBeSecret() {
        for uri in ["file:///x.jpg?token=secret", "file://me:secret@host/x.jpg", "file:///x.jpg#secret"] {
            let failure = #expect(throws: ImageFailure.self) { try path(uri) }
            #expect(failure?.description.contains("secret") == false, "\(failure?.description ?? "")")
        }
    }

    @Test(arguments: [
        "/data/x.jpg", "/a b.jpg", "/100%.jpg", "/%41.jpg", "/#1.jpg", "/what?.jpg", "/a;b.jpg", "/\u{e9}.jpg",
        "/e\u{301}.jpg", "/日本/猫.jpg", "/😀.jpg", "/[1].jpg", "/a\"b'c.jpg", "/a\\b.jpg", "/a:b@c&d=e+f,g!h~.jpg",
        "/{x}|^`.jpg", "/ x .jpg", "/a\u{301}/\u{301}b.jpg", "//double//slash.jpg",
    ]) func everyPathComesBack(path: String) throws {
        let uri = ImageFetcher.fileURI(ofPath: path)
        #expect(uri.hasPrefix("file:///"))
        #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        #expect(try self.path(uri).bytes == Array(path.utf8))
    }

    /// Latin-1, Shift JIS, a cut-off character, half of a pair that UTF-8 has no place for.
    @Test(
        arguments: [
            [0x2F, 0x63, 0x61, 0x66, 0xE9], [0x2F, 0x83, 0x4C, 0x2F, 0xC3], [0x2F, 0xED, 0xA0, 0x80],
            [0x2F, 0xFF, 0x25, 0xFE],
        ] as [[UInt8]]) func pathsThatAreNoTextComeBack(bytes: [UInt8]) throws
    {
        let uri = FileURI.uri(of: PathBytes(bytes))
        #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        #expect(try path(uri).bytes == bytes)
    }

    @Test func bytesThatAreNoTextAreShownWithEscapes() {
        #expect(
            PathBytes(Array("/caf".utf8) + [0xE9] + Array("/50%/\u{e9}".utf8)).description == "/caf%E9/50%25/\u{e9}")
        #expect(PathBytes("/50%/\u{e9}").description == "/50%/\u{e9}")
    }

    @Test func plainPathsStayReadable() {
        #expect(ImageFetcher.fileURI(ofPath: "/data/n01440764/x_1-2.JPEG") == "file:///data/n01440764/x_1-2.JPEG")
        #expect(ImageFetcher.fileURI(ofPath: "/a b;c") == "file:///a%20b%3Bc")
    }
}
