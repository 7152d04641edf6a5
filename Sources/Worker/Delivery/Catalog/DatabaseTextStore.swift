import Analyzing
import Inference
import Persistence

/// Text embeddings shared through the database.
struct DatabaseTextStore: SharedTextStore {
    private let store: TextEmbeddingStore

    init(_ connection: Connection) { store = TextEmbeddingStore(connection) }

    func load(_ key: String) throws -> Matrix? { try store.get(key) }
    func store(_ matrix: Matrix, under key: String) throws -> Matrix { try store.put(key, matrix) }
}
