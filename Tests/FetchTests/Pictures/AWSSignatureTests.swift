import Foundation
import Testing

@testable import Fetch
@testable import HTTP

/// Against the signatures that AWS publishes: of S3's documentation, and of the general test suite.
@Suite struct AWSSignatureTests {
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private let s3 = AWSSignature(
        credentials: AWSCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            sessionToken: nil), region: "us-east-1", service: "s3")
    private let general = AWSSignature(
        credentials: AWSCredentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: nil),
        region: "us-east-1", service: "service")

    @Test func objectsAreAskedFor() {
        #expect(
            s3.authorization(
                method: "GET", path: "/test.txt",
                headers: [
                    ("Host", "examplebucket.s3.amazonaws.com"), ("Range", "bytes=0-9"),
                    ("x-amz-content-sha256", Self.emptyHash), ("x-amz-date", "20130524T000000Z"),
                ], payload: Self.emptyHash, time: "20130524T000000Z")
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func keysAreEncodedOnce() {
        let hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
        let signed = s3.authorization(
            method: "PUT", path: "/" + percentEncoded("test$file.text"),
            headers: [
                ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("host", "examplebucket.s3.amazonaws.com"),
                ("x-amz-content-sha256", hash), ("x-amz-date", "20130524T000000Z"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ], payload: hash, time: "20130524T000000Z")
        #expect(signed.hasSuffix("=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
    }

    @Test(arguments: [
        ("lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]) func queries(query: String, signature: String) {
        let signed = s3.authorization(
            method: "GET", path: "/", query: query,
            headers: [
                ("host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", Self.emptyHash),
                ("x-amz-date", "20130524T000000Z"),
            ], payload: Self.emptyHash, time: "20130524T000000Z")
        #expect(signed.hasSuffix("=" + signature))
    }

    @Test(arguments: [
        ("/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("/\u{1234}", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        (
            "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"
        ),
    ]) func theGeneralSuite(path: String, signature: String) {
        let signed = general.authorization(
            method: "GET", path: percentEncoded(path, keepingSlashes: true),
            headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")], payload: Self.emptyHash,
            time: "20150830T123600Z")
        #expect(signed.hasSuffix("=" + signature))
    }

    @Test func timesAreInOneZone() {
        #expect(AWSSignature.time(Date(timeIntervalSince1970: 1_369_353_600)) == "20130524T000000Z")
        #expect(AWSSignature.time(Date(timeIntervalSince1970: 1_440_938_160.9)) == "20150830T123600Z")
    }
}
