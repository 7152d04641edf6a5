import Analyzing
import Concepts
import Fetch
import Inference
import Threads

/// The frozen encoder at work on picture files, by several lanes; what comes of a picture depends on it alone.
struct FeatureEncoder {
    /// A picture as the encoder sees it.
    struct Encoded: Sendable {
        /// `[e]`.
        let embedding: [Float]
        /// `[n, d]`.
        let patches: Matrix
        /// SHA-256 of the file as 8 numbers.
        let hash: [Int32]
    }

    let local: LocalAnalysis
    let lanes: Int
    let batch: Int

    /// Batches a lane has between two stops at which all wait.
    private static let rounds = 8

    /// Pictures that ``encode(_:)`` is best given.
    var atOnce: Int { lanes * batch * Self.rounds }

    /// One a path, in order.
    ///
    /// - Throws: ``CommandFailure`` naming the picture that can't be decoded or encoded.
    func encode(_ paths: [PathBytes]) throws -> [Encoded] {
        let (local, batch) = (local, batch)
        let groups = stride(from: 0, to: paths.count, by: batch).map {
            Array(paths[$0..<min($0 + batch, paths.count)])
        }
        let encoded = try Lanes.map(
            groups.count, lanes: lanes, memory: { ImageAnalyzer(local.loaded, batchSize: batch) }
        ) { analyzer, group in
            let images = try groups[group].map { path in
                do { return try local.prepare(path, label: nil).get() } catch {
                    throw CommandFailure(.badInput, "\(path): \(error); mend the picture or take it out of the folder.")
                }
            }
            return try zip(images, analyzer.features(of: images)).map { image, result in
                do {
                    let (embedding, patches) = try result.get()
                    return Encoded(embedding: embedding, patches: patches, hash: Self.numbers(image.contentHash))
                } catch {
                    throw CommandFailure(
                        .badInput, "\(image.id.text): \(error); take the picture out of the folder.")
                }
            }
        }
        return encoded.flatMap { $0 }
    }

    /// The same without patches, of any number of paths.
    func embeddings(_ paths: [PathBytes]) throws -> [Encoded] {
        try stride(from: 0, to: paths.count, by: atOnce).flatMap { start in
            try encode(Array(paths[start..<min(start + atOnce, paths.count)])).map {
                Encoded(embedding: $0.embedding, patches: Matrix(rows: 0, columns: 0), hash: $0.hash)
            }
        }
    }

    private static func numbers(_ hash: [UInt8]) -> [Int32] {
        stride(from: 0, to: hash.count, by: 4).map { start in
            Int32(bitPattern: hash[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
    }
}
