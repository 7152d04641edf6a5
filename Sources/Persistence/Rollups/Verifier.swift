/// Compares the roll-ups with the rows they sum up.
public struct Verifier {
    private let connection: Connection

    /// - Parameter connection: with patient settings, since every row is read.
    public init(_ connection: Connection) { self.connection = connection }

    /// Differences, of one analysis or of all; none when everything is well. Sees one committed moment, so it may
    /// run beside writers.
    public func differences(analysisID: String? = nil) throws -> [RollupDifference] {
        let rows = try connection.query(
            """
            SELECT rollup, analysis_id, cell, quantity, stored, recomputed FROM entente.rollup_differences($1)
            """, [.text(analysisID)])
        return try (0..<rows.count).map { row in
            try RollupDifference(
                rollup: rows.text(row, 0), analysis: rows.text(row, 1), cell: rows.text(row, 2),
                quantity: rows.text(row, 3), stored: rows.text(row, 4), recomputed: rows.text(row, 5))
        }
    }
}
