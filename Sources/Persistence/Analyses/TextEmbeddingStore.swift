import Crypto
import Inference

/// Text embeddings shared between workers: the first copy written is everyone's.
public struct TextEmbeddingStore {
    private let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    /// - Parameter hash: of everything the embeddings depend on.
    public func get(_ hash: String) throws -> Matrix? {
        let rows = try connection.query(
            """
            SELECT row_count, column_count, elements, elements_sha256 FROM entente.text_embeddings
            WHERE content_hash = $1
            """, [.text(hash)])
        guard rows.count > 0 else { return nil }
        let height = Int(try rows.int(0, 0))
        let width = Int(try rows.int(0, 1))
        let bytes = try rows.bytes(0, 2)
        guard bytes.count == 4 * height * width else {
            throw PersistenceError(.answer, "the stored text embeddings \(hash) are not \(height)×\(width) floats")
        }
        if let digest = try rows.optionalBytes(0, 3), digest != Array(SHA256.hash(data: bytes)) {
            throw PersistenceError(
                .answer,
                "the stored text embeddings \(hash) are damaged: they do not have the SHA-256 they were written with; "
                    + "delete their row of entente.text_embeddings, and the next worker writes them anew")
        }
        let elements = bytes.withUnsafeBytes { raw in
            (0..<height * width).map { index in
                Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
            }
        }
        return Matrix(rows: height, columns: width, elements: elements)
    }

    /// Stores a copy unless there is one.
    ///
    /// - Returns: the copy that is stored, which is the one to use.
    public func put(_ hash: String, _ matrix: Matrix) throws -> Matrix {
        try StorableText.check(key: hash, "the hash of text embeddings")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * matrix.elements.count)
        for element in matrix.elements {
            withUnsafeBytes(of: element.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        try connection.query(
            """
            INSERT INTO entente.text_embeddings (content_hash, row_count, column_count, elements, elements_sha256)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
            """,
            [
                .text(hash), .int(Int32(clamping: matrix.rows)), .int(Int32(clamping: matrix.columns)), .bytes(bytes),
                .bytes(Array(SHA256.hash(data: bytes))),
            ])
        guard let stored = try get(hash) else {
            throw PersistenceError(.answer, "the text embeddings \(hash) were written and are not there")
        }
        return stored
    }
}
