import Fetch
import Inference

/// An image that somebody wants analysed, as a folder or manifest names it.
struct ListedImage: Hashable, Sendable {
    /// Unique within the listing.
    let id: Identifier
    let uri: String
    /// Class id or unique class name; nil: unlabelled.
    let label: Identifier?
    /// Hex SHA-256 that the bytes must have.
    let sha256: String?
    /// What it was listed under, for messages: a folder, or a manifest's line.
    let origin: String

    /// Of a local file.
    var path: PathBytes { (try? FileURI.path(of: uri)) ?? PathBytes(uri) }
}
