import Crypto
import Foundation

/// What identifies the images that were decomposed jointly (docs/method.md §14).
public enum GroupDigest {
    /// Lower-case hex SHA-256 over the members in order of their ids (by UTF-8 bytes): each id, a zero byte, and the 32
    /// bytes of the content's SHA-256.
    public static func value(_ members: [(id: String, contentHash: [UInt8])]) -> String {
        var hash = SHA256()
        for member in members.sorted(by: { precedes($0.id, $1.id) }) {
            hash.update(data: Data(member.id.utf8) + [0] + member.contentHash)
        }
        return hash.finalize().hexadecimal
    }

    /// The order of a group's members: by the bytes of their ids, the same in every locale.
    public static func precedes(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }
}
