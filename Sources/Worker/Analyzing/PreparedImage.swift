import Inference

/// A picture that is ready for the encoder.
struct PreparedImage: Sendable {
    let id: String
    /// Index of the class that the job's label names.
    let label: Int?
    /// S×S.
    let picture: Picture
    /// SHA-256 of the file's bytes, 32 bytes.
    let contentHash: [UInt8]
}
