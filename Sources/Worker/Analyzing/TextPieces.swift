import Crypto
import Foundation
import Inference
import Synchronization

/// What has been encoded of lists that are not whole yet, on disk and text by text: whoever is ended meanwhile goes on there, and so
/// does a list that has some of the texts in common.
///
/// Thread-safe: lanes add what they have encoded.
final class TextPieces: Sendable {
    /// Texts of a piece, unless the work ends before.
    static let size = 512

    private struct State {
        /// Not on disk yet.
        var texts: [TextDigest] = []
        var elements: [Float] = []
        /// Those on disk that this list has read or written.
        var pieces: [(name: String, texts: [TextDigest])] = []
    }

    private let cache: TextCache
    private let prefix: String
    private let columns: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - model: a hash of all that an embedding depends on beside its text and the kernel set.
    ///   - columns: of the model's embeddings.
    init(_ cache: TextCache, model: String, columns: Int) {
        self.cache = cache
        self.columns = columns
        prefix = "piece-\(model)-\(KernelSet.name)-"
    }

    /// The rows of those of these texts that are on disk.
    func load(_ wanted: Set<TextDigest>) -> [TextDigest: [Float]] {
        var found: [TextDigest: [Float]] = [:]
        for name in cache.names(beginning: prefix) {
            guard let (texts, rows) = cache.loadPiece(name, columns: columns) else {
                // Nobody would write it anew, since its name is of its texts.
                cache.remove(name)
                continue
            }
            for (place, text) in texts.enumerated() where wanted.contains(text) { found[text] = Array(rows.row(place)) }
            state.withLock { $0.pieces.append((name, texts)) }
        }
        return found
    }

    /// Takes a batch's rows in; writes a piece if there are enough of them.
    func add(_ texts: [TextDigest], _ rows: Matrix) {
        let isEnough = state.withLock { state in
            state.texts += texts
            state.elements += rows.elements
            return state.texts.count >= Self.size
        }
        if isEnough { keep() }
    }

    /// Writes what there is.
    func keep() {
        let (texts, elements) = state.withLock { state in
            defer { (state.texts, state.elements) = ([], []) }
            return (state.texts, state.elements)
        }
        guard !texts.isEmpty else { return }
        var hash = SHA256()
        for word in texts.flatMap(\.words) { withUnsafeBytes(of: word.littleEndian) { hash.update(bufferPointer: $0) } }
        let name = prefix + hash.finalize().hexadecimal
        cache.store(Matrix(rows: texts.count, columns: columns, elements: elements), of: texts, under: name)
        state.withLock { $0.pieces.append((name, texts)) }
    }

    /// Removes the pieces that hold nothing but texts of a list that is kept as a whole.
    func forget(_ list: Set<TextDigest>) {
        for piece in state.withLock({ $0.pieces }) where list.isSuperset(of: piece.texts) { cache.remove(piece.name) }
    }
}
