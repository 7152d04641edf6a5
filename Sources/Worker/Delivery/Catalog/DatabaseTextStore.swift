import Analyzing
import Inference
import Persistence

/// Text embeddings shared through the database.
struct DatabaseTextStore: SharedTextStore {
    /// Lends the connection for a question.
    let database: (_ question: (Connection) throws -> Matrix?) throws -> Matrix?

    func load(_ key: String) throws -> Matrix? { try database { try TextEmbeddingStore($0).get(key) } }

    func store(_ matrix: Matrix, under key: String) throws -> Matrix {
        try database { try TextEmbeddingStore($0).put(key, matrix) } ?? matrix
    }
}
