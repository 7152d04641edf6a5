import Concepts
import Crypto
import Foundation
import Inference

/// Text from outside, made to fit a column.
enum StorableText {
    /// Longest text that is part of a key; a B-tree's page sets the limit to about 2,700 bytes for a whole key.
    static let keyBytes = 1024

    /// For texts that must always be storable, as those of failures: U+0000 becomes U+FFFD, and a key that is too
    /// long keeps its beginning and a digest of the whole, so that unlike keys stay unlike.
    static func key(_ text: String) -> String {
        let clean = message(text)
        guard clean.utf8.count > keyBytes else { return clean }
        let digest = SHA256.hash(data: Data(text.utf8)).hexadecimal
        // By characters, never through the middle of one; a single one may be long, hence the check of the sum.
        var kept = ""
        for character in clean {
            guard kept.utf8.count + String(character).utf8.count <= keyBytes - 40 else { break }
            kept.append(character)
        }
        return kept + "…" + digest.prefix(32)
    }

    /// Likewise for what is a key.
    static func key(_ id: Identifier) -> Identifier { Identifier(key(id.text)) }

    static func message(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    /// For texts of records that can be refused.
    ///
    /// - Throws: ``PersistenceError`` of code `value`, naming `what`.
    static func check(key text: String, _ what: String) throws {
        guard !text.utf8.contains(0) else {
            throw PersistenceError(
                .value, "\(what) holds the character U+0000, which PostgreSQL can't store; rename it")
        }
        guard text.utf8.count <= keyBytes else {
            throw PersistenceError(
                .value, "\(what) has \(text.utf8.count) bytes, \(keyBytes) at most can be stored; shorten it")
        }
    }

    static func check(_ text: String?, _ what: String) throws {
        guard let text, text.utf8.contains(0) else { return }
        throw PersistenceError(.value, "\(what) holds the character U+0000, which PostgreSQL can't store; remove it")
    }
}
