import Persistence

/// Where an image's bytes are, as readers may know it, and how its picture became the model's square.
struct PictureSourceRow: Sendable {
    let uri: String
    let sha256: String?
    /// squash, crop or official.
    let fit: String
}

extension PictureSourceRow {
    /// - Throws: ``ExplorerProblem`` when there is no such image, or its picture can't be had.
    init(_ name: PictureName, _ reader: Reader) throws {
        let rows = try reader.raw(
            """
            SELECT s.uri, s.is_whole, s.sha256, coalesce(a.canonical_json::jsonb #>> '{method,image}', 'squash')
            FROM entente.image_sources AS s JOIN entente.analysis_settings AS a USING (analysis_id)
            WHERE s.analysis_id = $1 AND s.image_id = $2
            """, [.text(name.analysis), .text(name.image)])
        guard rows.count > 0 else {
            throw ExplorerProblem(.notFound, "No analysis \(name.analysis) has an image with the id \(name.image).")
        }
        uri = try rows.text(0, 0)
        sha256 = try rows.optionalText(0, 2)
        fit = try rows.text(0, 3)
        guard try rows.bool(0, 1) else { throw ExplorerProblem(.notFound, Self.reason(uri)) }
    }

    /// Why there is no picture behind a URI of which something was left out.
    static func reason(_ uri: String) -> String {
        uri.utf8.starts(with: "data:".utf8)
            ? "The picture came within its job, and its bytes were not kept."
            : "The picture's URI holds what may be a secret, which readers of the tables don't see: only \(uri) is left of it. "
                + "Pictures are shown whose URI has no query, no fragment and no password."
    }
}
