import Concepts
import Crypto
import Foundation

/// What a file's bytes have to hash to.
enum HubDigest: Sendable, Hashable, Codable {
    /// Lower-case hex of a large file's SHA-256.
    case sha256(String)
    /// Lower-case hex of a small file's blob in git: SHA-1 over a header with its length, and its bytes.
    case git(String)

    /// From an `ETag` or a field of the hub's; nil if it is neither 64 nor 40 hex digits.
    init?(parsing text: String) {
        let hex = text.drop { $0 == "\"" }.prefix { $0 != "\"" }.lowercased()
        guard hex.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else { return nil }
        switch hex.utf8.count {
        case 64: self = .sha256(hex)
        case 40: self = .git(hex)
        default: return nil
        }
    }

    var hex: String {
        switch self {
        case .sha256(let hex), .git(let hex): hex
        }
    }

    /// What a file's bytes hash to, beside their SHA-256.
    static func hashes(of path: String) throws -> (sha256: String, git: String, bytes: Int) {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        let bytes = Int(try file.seekToEnd())
        try file.seek(toOffset: 0)
        var (sha256, git) = (SHA256(), Insecure.SHA1())
        git.update(data: Data("blob \(bytes)\0".utf8))
        // Chunks, because weights may be larger than memory should bear.
        while let chunk = try file.read(upToCount: 4 << 20), !chunk.isEmpty {
            sha256.update(data: chunk)
            git.update(data: chunk)
        }
        return (sha256.finalize().hexadecimal, git.finalize().hexadecimal, bytes)
    }
}
