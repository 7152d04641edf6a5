import Concepts
import Crypto
import Foundation

/// One numbered step of the schema.
///
/// Versions are plain integers, the number in the file's name. A build's version is the newest migration compiled
/// into it, the database's the newest one applied. The first line of a migration names the oldest build, by that
/// same number, that can go on working after it: so that a roll-out may migrate first and replace workers one by one.
struct Migration: Sendable {
    let version: Int
    /// What the file is called, without the number.
    let name: String
    let sql: String
    let oldestWorker: Int

    /// - Parameter file: `NNNN_name.sql`.
    init(file: String, sql: String) {
        let stem = file.split(separator: ".")[0]
        let parts = stem.split(separator: "_", maxSplits: 1)
        let header = sql.prefix { !$0.isNewline }
        // Both come out of our own migrations folder, and a test reads them all.
        guard parts.count == 2, let version = Int(parts[0]),
            let oldest = header.wholeMatch(of: /-- oldest worker: (\d+)/).flatMap({ Int($0.1) })
        else { preconditionFailure("migrations/\(file) needs a number in its name and an oldest worker in line 1") }
        self.version = version
        self.name = String(parts[1])
        self.sql = sql
        oldestWorker = oldest
    }

    /// Lower-case hex SHA-256 of the file.
    var checksum: String { SHA256.hash(data: Data(sql.utf8)).hexadecimal }
}
