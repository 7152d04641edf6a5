import Crypto
import Foundation
import Inference

/// One of two halves of any set of images, by their ids alone, so that what is mined on one can be judged on the other
/// (docs/descriptors.md §4).
public enum ImageSplit: String, Sendable, CaseIterable {
    case even, odd

    /// Lowest bit of the first byte of the id's SHA-256.
    public var parity: UInt8 { self == .even ? 0 : 1 }

    public func holds(_ id: Identifier) -> Bool {
        // A digest has 32 bytes.
        Array(SHA256.hash(data: Data(id.text.utf8)))[0] & 1 == parity
    }
}
