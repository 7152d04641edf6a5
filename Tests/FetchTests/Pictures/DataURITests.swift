import Testing

@testable import Fetch
@testable import Jobs

@Suite struct DataURITests {
    private func failure(_ uri: String, limit: Int = 100) -> ImageFailure? {
        #expect(throws: ImageFailure.self) { try DataURI.decode(uri, limit: limit) }
    }

    @Test(
        arguments: [
            ("data:;base64,/9j/", [0xFF, 0xD8, 0xFF]), ("data:image/jpeg;base64,/9g=", [0xFF, 0xD8]),
            ("data:image/png;name=x;BASE64,iQ==", [0x89]), ("DATA:;base64,iQ==", [0x89]), ("data:;base64,", []),
            // As some libraries escape it, and as mail programs break its lines.
            ("data:;base64,%2F9g%3D", [0xFF, 0xD8]), ("data:;base64,/9\n\r j/", [0xFF, 0xD8, 0xFF]),
            // A picture's bytes are no text.
            ("data:,%FF%D8%ff%00", [0xFF, 0xD8, 0xFF, 0]), ("data:,a%20b+c", Array("a b+c".utf8)),
            ("data:text/plain,\u{e9}", [0xC3, 0xA9]), ("data:,\u{301}a", [0xCC, 0x81, 0x61]), ("data:,", []),
            ("data:a,b,c", Array("b,c".utf8)),
        ] as [(String, [UInt8])]) func decoded(uri: String, bytes: [UInt8]) throws
    {
        #expect(try DataURI.decode(uri, limit: 100) == bytes)
    }

    @Test(arguments: [
        ("data:", "comma"), ("data:image/png;base64", "comma"), ("data:;base64,AAA", "not base64"),
        ("data:;base64,AA!AA", "not base64"), ("data:;base64,_-8=", "not base64"), ("data:;base64,A", "not base64"),
        ("data:,%", "percent escape"), ("data:,%F", "percent escape"), ("data:,%zz", "percent escape"),
        ("data:,%+f", "percent escape"), ("data:;base64,%", "percent escape"),
    ]) func refused(uri: String, says: String) {
        let failure = failure(uri)
        #expect(failure?.kind == .unsupportedURI)
        #expect(failure?.description.contains(says) == true, "\(failure?.description ?? "")")
    }

    @Test func limitIsInclusiveHoweverItIsWritten() throws {
        let plain = "data:,abcdef"
        let escaped = "data:,%61%62%63%64%65%66"
        let base64 = "data:;base64,YWJjZGVm"
        let escapedBase64 = "data:;base64," + "YWJjZGVm".utf8.map { "%" + String($0, radix: 16) }.joined()
        for uri in [plain, escaped, base64, escapedBase64] {
            #expect(try DataURI.decode(uri, limit: 6) == Array("abcdef".utf8), "\(uri)")
            let failure = failure(uri, limit: 5)
            #expect(failure?.kind == .tooLarge)
            #expect(failure?.description.contains("5") == true)
        }
    }

    @Test func giantsAreRefusedBeforeTheyAreDecoded() {
        // Not base64, and nobody looks.
        let failure = failure("data:;base64," + String(repeating: "!", count: 1000), limit: 10)
        #expect(failure?.kind == .tooLarge)
    }
}
