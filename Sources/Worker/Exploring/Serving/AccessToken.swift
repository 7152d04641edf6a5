import Crypto
import Foundation

/// A secret that whoever looks has to know; kept and compared as a digest.
struct AccessToken: Sendable {
    static let cookieName = "entente-explore"
    /// Bytes at least, so that nobody guesses one.
    static let leastLength = 16

    private let digest: SHA256Digest
    /// What a browser keeps instead of the token.
    let cookie: String

    init(_ token: String) {
        digest = SHA256.hash(data: Data(token.utf8))
        cookie = HMAC<SHA256>.authenticationCode(
            for: Data(Self.cookieName.utf8), using: SymmetricKey(data: Data(token.utf8))
        )
        .map { String(format: "%02x", $0) }.joined()
    }

    /// Digests are compared, so that the time that it takes tells nothing of the token.
    func isRight(_ given: String) -> Bool { SHA256.hash(data: Data(given.utf8)) == digest }

    func isRight(cookie given: String) -> Bool {
        SHA256.hash(data: Data(given.utf8)) == SHA256.hash(data: Data(cookie.utf8))
    }
}
