import Concepts
import Crypto
import Foundation
import Inference

/// Where workers share text embeddings: the first copy written is everybody's.
package protocol SharedTextStore {
    func load(_ key: String) throws -> Matrix?
    /// Keeps `matrix` unless there is a copy already; returns the copy that is kept.
    func store(_ matrix: Matrix, under key: String) throws -> Matrix
}

/// Builds the text side of an analysis, from caches where it can.
package struct TextSideBuilder {
    package let cache: TextCache
    /// nil: no database at hand (`analyze`).
    package let shared: (any SharedTextStore)?
    /// Called before each batch of texts; what it throws ends the building.
    private let onBatch: () throws -> Void

    package init(cache: TextCache, shared: (any SharedTextStore)?, onBatch: @escaping () throws -> Void = {}) {
        self.cache = cache
        self.shared = shared
        self.onBatch = onBatch
    }

    /// Texts encoded at a time; the result does not depend on it.
    private static let batchSize = 64
    /// Texts whose embeddings are kept together while a longer list is encoded, so that whoever is ended meanwhile goes on
    /// there.
    private static let pieceSize = 1024

    /// - Throws: `InferenceError` if the model has no vocabulary or overflows on a text; whatever the shared store and
    ///   `onBatch` throw.
    package func build(_ analysis: Analysis, model: LoadedModel) throws -> TextSide {
        // Template by template, as the average is taken.
        let classTexts = analysis.templates.flatMap { template in
            analysis.classes.map { template.filled(with: $0.name) }
        }
        let bankTexts = analysis.descriptors.map { analysis.descriptorTemplate.filled(with: $0.text) }
        return TextSide(
            analysis: analysis,
            classEmbeddings: try embeddings(classTexts, averagedOver: analysis.templates.count, analysis, model),
            bankEmbeddings: try embeddings(bankTexts, averagedOver: 1, analysis, model),
            bareEmbeddings: try embeddings(analysis.descriptors.map(\.text), averagedOver: 1, analysis, model))
    }

    /// One normalised row a name; `texts` holds all names under the first template, then under the next.
    private func embeddings(
        _ texts: [String], averagedOver templates: Int, _ analysis: Analysis, _ model: LoadedModel
    ) throws -> Matrix {
        let key = Self.key(texts, templates, analysis)
        let rows = texts.count / templates
        let columns = model.embeddingWidth
        // What is not finite was stored before it was refused; encoding the texts again says which of them it is.
        if let matrix = try shared?.load(key), matrix.rows == rows, matrix.columns == columns,
            matrix.elements.allSatisfy(\.isFinite)
        {
            return matrix
        }

        // On disk apart for each kernel set, since their last bits differ and rows must repeat exactly.
        let file = key + "-" + KernelSet.name
        let matrix: Matrix
        if let cached = cache.load(file, rows: rows, columns: columns) {
            matrix = cached
        } else {
            let (encoded, pieces) = try encode(texts, analysis, model)
            matrix = TextSide.classEmbeddings(
                from: (0..<templates).map { encoded.rows($0 * rows..<($0 + 1) * rows) })
            cache.store(matrix, under: file)
            pieces.forEach(cache.remove)
        }
        return try shared?.store(matrix, under: key) ?? matrix
    }

    /// All texts, and under which names pieces of them are in the cache; a list that is no longer than a piece is in none.
    private func encode(
        _ texts: [String], _ analysis: Analysis, _ model: LoadedModel
    ) throws -> (Matrix, pieces: [String]) {
        let session = try TextSession(model, batchSize: Self.batchSize)
        let columns = model.embeddingWidth
        var elements: [Float] = []
        elements.reserveCapacity(texts.count * columns)
        let isLong = texts.count > Self.pieceSize
        var pieces: [String] = []
        for start in stride(from: 0, to: texts.count, by: Self.pieceSize) {
            let piece = texts[start..<min(start + Self.pieceSize, texts.count)]
            let name = isLong ? "piece-" + Self.key(piece, 1, analysis) + "-" + KernelSet.name : nil
            if let name {
                pieces.append(name)
                if let cached = cache.load(name, rows: piece.count, columns: columns) {
                    elements += cached.elements
                    continue
                }
            }
            let before = elements.count
            for first in stride(from: piece.startIndex, to: piece.endIndex, by: Self.batchSize) {
                try onBatch()
                let batch = piece[first..<min(first + Self.batchSize, piece.endIndex)]
                elements += try session.encode(Array(batch)).embeddings.elements
            }
            guard let name else { continue }
            cache.store(
                Matrix(rows: piece.count, columns: columns, elements: Array(elements[before...])), under: name)
        }
        return (Matrix(rows: texts.count, columns: columns, elements: elements), pieces)
    }

    /// SHA-256 over everything that the embeddings depend on.
    private static func key(_ texts: some Collection<String>, _ templates: Int, _ analysis: Analysis) -> String {
        var hash = SHA256()
        func add(_ text: String) {
            // Length first, so that no two lists run together into the same bytes.
            hash.update(data: Data("\(text.utf8.count):".utf8))
            hash.update(data: Data(text.utf8))
        }
        // Of its own: embeddings outlive a change of any other stage.
        add("text-side/\(analysis.model.textRevision ?? MethodStage.text.revision)")
        add(analysis.model.weights)
        add(analysis.model.configuration)
        add(analysis.model.tokenizer)
        add("\(templates)")
        texts.forEach(add)
        return hash.finalize().hexadecimal
    }
}

extension String {
    /// A template's `{}` replaced.
    package func filled(with name: String) -> String { replacingOccurrences(of: "{}", with: name) }
}
