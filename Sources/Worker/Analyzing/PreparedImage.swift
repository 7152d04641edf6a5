import Inference

/// A picture that is ready for the encoder.
package struct PreparedImage: Sendable {
    package let id: Identifier
    /// Index of the class that the job's label names.
    package let label: Int?
    /// S×S.
    package let picture: Picture
    /// SHA-256 of the file's bytes, 32 bytes.
    package let contentHash: [UInt8]

    package init(id: Identifier, label: Int?, picture: Picture, contentHash: [UInt8]) {
        self.id = id
        self.label = label
        self.picture = picture
        self.contentHash = contentHash
    }
}
