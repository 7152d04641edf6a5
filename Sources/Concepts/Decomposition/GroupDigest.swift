import Crypto
import Foundation
import Inference

/// What identifies the images that were decomposed jointly (docs/method.md §14).
public enum GroupDigest {
    /// Lower-case hex SHA-256 over the members in order of their ids (``Identifier``): each id, a zero byte, and the 32
    /// bytes of the content's SHA-256.
    public static func value(_ members: [(id: Identifier, contentHash: [UInt8])]) -> String {
        var hash = SHA256()
        for member in members.sorted(by: { $0.id < $1.id }) {
            hash.update(data: Data(member.id.text.utf8) + [0] + member.contentHash)
        }
        return hash.finalize().hexadecimal
    }
}
