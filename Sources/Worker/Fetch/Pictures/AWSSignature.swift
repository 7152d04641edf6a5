import Concepts
import Crypto
import Foundation

/// What Amazon's services and those like them know a caller by.
struct AWSCredentials: Sendable {
    let accessKeyID: String
    let secretAccessKey: String
    /// Of temporary credentials.
    let sessionToken: String?
}

/// Signs requests by AWS Signature Version 4.
///
/// Ours and not libcurl's: that one came to encode a path as S3 does only after the versions that distributions carry, and
/// takes an `=` in it wrongly longer still.
struct AWSSignature: Sendable {
    let credentials: AWSCredentials
    let region: String
    let service: String

    /// The value of the `Authorization` header.
    ///
    /// - Parameters:
    ///   - path: encoded as it is sent.
    ///   - query: encoded and sorted.
    ///   - headers: all that are signed, among them `host`.
    ///   - payload: SHA-256 of the body, in hex.
    ///   - time: as ``time(_:)`` writes it.
    func authorization(
        method: String, path: String, query: String = "", headers: [(name: String, value: String)], payload: String,
        time: String
    ) -> String {
        let sorted = headers.map { (name: $0.name.lowercased(), value: $0.value) }.sorted { $0.name < $1.name }
        let names = sorted.map(\.name).joined(separator: ";")
        let request =
            [method, path, query] + sorted.map { "\($0.name):\($0.value)" } + ["", names, payload]
        let day = String(time.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", time, scope,
            SHA256.hash(data: Data(request.joined(separator: "\n").utf8)).hexadecimal,
        ].joined(separator: "\n")
        let signature = Self.code(text, by: key(day)).hexadecimal
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
    }

    private func key(_ day: String) -> [UInt8] {
        [day, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secretAccessKey)".utf8)) {
            Self.code($1, by: $0)
        }
    }

    private static func code(_ text: String, by key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
    }

    /// `20130524T000000Z`.
    static func time(_ date: Date) -> String {
        let seconds = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        return date.formatted(seconds)
    }
}
