import Crypto
import Foundation

/// Where the randomness of one decomposition comes from (docs/method.md §7.3): what is decomposed, not when, where or in
/// which order.
enum DecompositionSeed {
    /// The first 8 bytes, big-endian, of SHA-256(method seed as 8 big-endian bytes ‖ content hashes in byte order).
    static func value(methodSeed: Int, contentHashes: [[UInt8]]) -> UInt64 {
        var hash = SHA256()
        withUnsafeBytes(of: Int64(methodSeed).bigEndian) { hash.update(bufferPointer: $0) }
        for digest in contentHashes.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            hash.update(data: digest)
        }
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
