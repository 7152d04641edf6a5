/// What a hub says of a repository at a revision.
package struct HubCommit: Sendable, Decodable {
    /// The commit that the revision is now: 40 hex digits.
    let sha: String
    let files: [File]

    /// A file of the repository and, as far as the hub tells here, what it has to be.
    package struct File: Sendable, Decodable {
        package let name: String
        let size: Int?
        /// Of a small file.
        let gitHash: String?
        /// Of a large one.
        let large: Large?

        struct Large: Sendable, Decodable {
            let sha256: String?
            let size: Int?
        }

        enum CodingKeys: String, CodingKey {
            case size
            case name = "rfilename"
            case gitHash = "blobId"
            case large = "lfs"
        }

        /// Largest that is believed: 16 TiB.
        static let largest = 1 << 44

        /// nil also where what the hub says can't be.
        package var bytes: Int? { (large?.size ?? size).flatMap { (0...Self.largest).contains($0) ? $0 : nil } }

        /// The blob of a large file's name in git is that of a pointer to it.
        var digest: HubDigest? {
            guard let large else { return gitHash.flatMap { HubDigest(parsing: $0) } }
            return large.sha256.flatMap { HubDigest(parsing: $0) }
        }
    }

    enum CodingKeys: String, CodingKey {
        case sha
        case files = "siblings"
    }

    /// Whether `text` names a commit and therefore always the same files.
    static func isCommit(_ text: String) -> Bool { text.utf8.count == 40 && HubDigest(parsing: text) != nil }
}
