import Foundation
import Persistence
import Processes

/// A migrated database with what `fill.sql` makes, checked by the roll-ups' own verification.
struct FilledDatabase {
    /// The superuser's session.
    let connection: Connection

    struct RollupsDiffer: Error, CustomStringConvertible { let description: String }

    /// - Parameters:
    ///   - cluster: a new one, or one that was filled by this before and is taken as it is.
    ///   - pictures: files that the images take in turns; none: they lie in files that nobody has.
    init(_ cluster: PrivateCluster, analyses: Int, images: Int, pictures: [String] = []) throws {
        let settings = SessionSettings.patient(applicationName: "view-benchmark")
        connection = try Connection(uri: cluster.uri(), settings: settings)
        _ = try Migrator(connection).migrate()
        guard try connection.query("SELECT count(*) FROM entente.analyses").bigint(0, 0) == 0 else { return }
        try Self.timed("filled") { [connection] in
            try connection.exec("SET fill.analyses = \(analyses); SET fill.images = \(images)")
            let lines = try pictures.map { path in
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
                let digest = try connection.query("SELECT encode(sha256($1), 'hex')", [.bytes(bytes)]).text(0, 0)
                return "file://\(path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path) \(digest)"
            }
            try connection.query(
                "SELECT set_config('fill.pictures', $1, false)", [.text(lines.joined(separator: "\n"))])
            try connection.exec(Self.fill())
        }
        try Self.timed("vacuumed and analysed") { [connection] in try connection.exec("VACUUM ANALYZE") }
        try Self.timed("verified: the roll-ups equal the rows") { [connection] in
            let differences = try Verifier(connection).differences()
            guard differences.isEmpty else {
                throw RollupsDiffer(description: "the roll-ups differ from the rows: \(differences.prefix(3))")
            }
        }
    }

    /// Tables with their rows and bytes, the largest first; then the whole database.
    func sizes() throws -> [String] {
        let rows = try connection.query(
            """
            SELECT c.relname::text, c.reltuples::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid)
            FROM pg_class AS c
            WHERE c.relnamespace = 'entente'::regnamespace AND c.relkind = 'r' AND c.reltuples > 0
            ORDER BY pg_total_relation_size(c.oid) DESC
            """)
        let total = try connection.query("SELECT pg_database_size(current_database())").bigint(0, 0)
        return try ["", "| table | rows | table, MB | indexes, MB |", "|---|---|---|---|"]
            + (0..<rows.count).map { row in
                let megabytes = try [2, 3].map { String(format: "%.1f", Double(try rows.bigint(row, $0)) / 1e6) }
                return try "| `\(rows.text(row, 0))` | \(rows.bigint(row, 1)) | \(megabytes.joined(separator: " | ")) |"
            } + ["\ndatabase: \(total / 1_000_000) MB"]
    }

    private static func fill() throws -> String {
        // …/Benchmarks/Views/FilledDatabase.swift
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return try String(contentsOfFile: folder + "/fill.sql", encoding: .utf8)
    }

    private static func timed(_ what: String, _ body: () throws -> Void) throws {
        let clock = ContinuousClock()
        let elapsed = try clock.measure(body)
        print("\(what) in \(elapsed.components.seconds) s")
    }
}
