/// The rows of a batch that were computed in a group and force nothing: whatever is in the table for their images has
/// to come from the same group.
struct GroupMembership {
    /// Indexes into the batch's results.
    private let places: [Int]
    private let rows: [ImageRow]

    private static let check = Statement(
        "entente_check_group_digests", "SELECT entente.check_group_digests($1, $2, $3)")
    private static let conflicts = Statement(
        "entente_group_conflicts",
        """
        SELECT u.place::integer FROM unnest($1::text[], $2::text[], $3::text[])
            WITH ORDINALITY AS u (analysis_id, image_id, digest, place)
        CROSS JOIN LATERAL (
            SELECT r.group_digest FROM entente.image_results AS r
            WHERE r.analysis_id = u.analysis_id AND r.image_id = u.image_id LIMIT 1
        ) AS r
        WHERE r.group_digest IS DISTINCT FROM u.digest ORDER BY u.place
        """)

    init(_ rows: [ImageRow]) {
        self.rows = rows
        places = rows.indices.filter { rows[$0].groupDigest != nil && !rows[$0].force }
    }

    var isEmpty: Bool { places.isEmpty }

    /// Raises ``PersistenceError/groupConflictState`` if the table disagrees; to be run after the results.
    var check: Call { Call(Self.check, parameters) }

    private var parameters: [Parameter] {
        [
            .texts(places.map { rows[$0].analysisID }), .identifiers(places.map { rows[$0].image.id }),
            .texts(places.map { rows[$0].groupDigest }),
        ]
    }

    /// Indexes of the rows that can't be written: the table has their image from another group, or another row of the
    /// batch does that comes before or is forced.
    func conflicts(_ connection: Connection) throws -> [Int] {
        let answer = try connection.lookUp(Self.conflicts, parameters)
        let stored = try (0..<answer.count).map { places[try Int(answer.int($0, 0)) - 1] }
        var claims: [ImageKey: String?] = [:]
        for row in rows where row.force { claims[row.key] = row.groupDigest }
        var rivals: [Int] = []
        for place in places {
            let digest = rows[place].groupDigest
            if claims[rows[place].key, default: digest] != digest {
                rivals.append(place)
            } else {
                claims[rows[place].key] = digest
            }
        }
        return Set(stored + rivals).sorted()
    }
}
