import Inference

extension SubmissionStore {
    /// The most images that ``known(_:analysisID:)`` is asked for at a time.
    public static let knownTogether = 1000

    private static let known = Statement(
        "entente_known_images",
        """
        SELECT u.place, i.state, i.label, r.label_index, coalesce(r.sha256, i.sha256), r.image_id IS NOT NULL
        FROM unnest($2::text[]) WITH ORDINALITY AS u (image_id, place)
        CROSS JOIN LATERAL (
            SELECT i.state, i.label, i.sha256 FROM entente.images AS i
            WHERE i.analysis_id = $1 AND i.image_id = u.image_id LIMIT 1
        ) AS i
        LEFT JOIN LATERAL (
            SELECT r.image_id, r.label_index, r.sha256 FROM entente.image_results AS r
            WHERE r.analysis_id = $1 AND r.image_id = u.image_id LIMIT 1
        ) AS r ON true
        """)

    /// What is known of images, in their order, before a submission names them again.
    public func known(_ images: [Identifier], analysisID: String) throws -> [StandingImage] {
        var found = Array(repeating: StandingImage(), count: images.count)
        let rows = try connection.lookUp(Self.known, [.text(analysisID), .identifiers(images)])
        for row in 0..<rows.count {
            found[Int(try rows.bigint(row, 0)) - 1] = StandingImage(
                state: .init(rawValue: try rows.text(row, 1)), result: try rows.bool(row, 5) ? .ofImage : .missing,
                label: try rows.optionalIdentifier(row, 2), labelIndex: try rows.optionalInt(row, 3).map(Int.init),
                sha256: try rows.optionalText(row, 4))
        }
        return found
    }
}
