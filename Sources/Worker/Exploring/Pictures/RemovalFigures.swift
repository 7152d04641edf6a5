import Concepts

/// What the page of an image needs to work its numbers out anew while concepts are taken away.
enum RemovalFigures {
    /// - Throws: ``ExplorerProblem`` when the image has no parts by that method.
    static func table(_ name: PictureName, _ method: String, _ reader: Reader) throws -> RemovalTable {
        let rows = try reader.raw(
            """
            SELECT a.vision_mutual, a.language_count, (SELECT descriptors FROM entente.analysis_settings AS s
                WHERE s.analysis_id = a.analysis_id) AS descriptors
            FROM entente.image_agreements AS a WHERE a.analysis_id = $1 AND a.image_id = $2 AND a.part_method = $3
            """, [.text(name.analysis), .text(name.image), .text(method)])
        guard rows.count > 0 else {
            throw ExplorerProblem(.notFound, "The image has no concepts by the part method \(method).")
        }
        let matches = try rows.bools(0, 0)
        let said = Int(try rows.int(0, 1))
        let overlap = matches.count { $0 }
        // What no analysis has, but a table may.
        guard overlap <= said, let bank = try rows.optionalInt(0, 2), Int(bank) >= matches.count + said - overlap else {
            throw ExplorerProblem(.broken, "The image's counts of concepts contradict each other.")
        }
        return RemovalTable(matches: matches, languageCount: said, bankSize: Int(bank))
    }
}
