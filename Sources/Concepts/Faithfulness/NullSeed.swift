import Crypto
import Foundation

/// Where the randomness of a null comes from (docs/method.md §20.4): the picture and what is drawn, not when or where.
enum NullSeed {
    /// The first 8 bytes, big-endian, of SHA-256(method seed as 8 big-endian bytes ‖ content hash ‖ explainer, a zero byte, null,
    /// a zero byte ‖ draw as 8 big-endian bytes).
    static func value(methodSeed: Int, contentHash: [UInt8], explainer: String, null: String, draw: Int) -> UInt64 {
        var hash = SHA256()
        func add(_ number: Int) { withUnsafeBytes(of: Int64(number).bigEndian) { hash.update(bufferPointer: $0) } }
        add(methodSeed)
        hash.update(data: contentHash)
        for word in [explainer, null] { hash.update(data: Array(word.utf8) + [0]) }
        add(draw)
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
