import Crypto
import Foundation

/// A text by its SHA-256.
struct TextDigest: Hashable {
    private let value: SIMD8<Int32>

    init(of text: String) {
        let hash = SHA256.hash(data: Data(text.utf8))
        value = hash.withUnsafeBytes { SIMD8($0.bindMemory(to: Int32.self)) }
    }

    /// - Parameter words: eight of them, as ``words`` gives them.
    init(words: some Sequence<Int32>) { value = SIMD8(words) }

    /// As a tensor holds it.
    var words: [Int32] { value.indices.map { value[$0] } }
}
