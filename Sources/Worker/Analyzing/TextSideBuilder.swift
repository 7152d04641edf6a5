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
    /// Threads that encode; the result does not depend on it.
    private let lanes: Int
    /// Called before each batch of texts by the lane that has it; what it throws ends the building.
    private let onBatch: @Sendable () throws -> Void

    package init(
        cache: TextCache, shared: (any SharedTextStore)?, lanes: Int = 1,
        onBatch: @escaping @Sendable () throws -> Void = {}
    ) {
        self.cache = cache
        self.shared = shared
        self.lanes = lanes
        self.onBatch = onBatch
    }

    /// - Throws: `InferenceError` if the model has no vocabulary or overflows on a text; whatever the shared store and
    ///   `onBatch` throw.
    package func build(_ analysis: Analysis, model: LoadedModel) throws -> TextSide {
        let bankTexts = analysis.descriptors.map { analysis.descriptorTemplate.filled(with: $0.text) }
        return TextSide(
            analysis: analysis,
            classEmbeddings: try classEmbeddings(analysis, model),
            bankEmbeddings: try embeddings(bankTexts, .templates(1), analysis, model),
            bareEmbeddings: try embeddings(analysis.descriptors.map(\.text), .templates(1), analysis, model))
    }

    /// How rows of texts become rows of classes, and what is kept.
    private enum Average {
        /// All names under the first template, then under the next; rows of length 1.
        case templates(Int)
        /// So many texts of the first class, then of the next; see ``TextSide/means(of:lists:)``.
        case lists([Int])

        /// Rows of classes out of so many of texts.
        func rows(of texts: Int) -> Int {
            switch self {
            case .templates(let count): texts / count
            case .lists(let counts): counts.count
            }
        }

        /// Part of the key, in the form that keys had before there were lists.
        var name: String {
            switch self {
            case .templates(let count): "\(count)"
            case .lists(let counts): "lists \(counts.map(String.init).joined(separator: " "))"
            }
        }

        func callAsFunction(_ encoded: Matrix) -> Matrix {
            switch self {
            case .templates(let count):
                let rows = encoded.rows / count
                return TextSide.classEmbeddings(
                    from: (0..<count).map { encoded.rows($0 * rows..<($0 + 1) * rows) })
            case .lists(let counts): return TextSide.means(of: encoded, lists: counts)
            }
        }
    }

    /// The texts that classes are, template by template or class by class.
    private static func classTexts(_ analysis: Analysis) -> (texts: [String], average: Average) {
        if let lists = analysis.classTexts { return (lists.flatMap { $0 }, .lists(lists.map(\.count))) }
        let texts = analysis.templates.flatMap { template in
            analysis.classes.map { template.filled(with: $0.name) }
        }
        return (texts, .templates(analysis.templates.count))
    }

    /// What the embeddings of an analysis's classes are kept under; nil where they are part of it.
    package static func classKey(_ analysis: Analysis) -> String? {
        guard analysis.classifier?.weights == nil else { return nil }
        let (texts, average) = classTexts(analysis)
        return key(texts, average.name, analysis)
    }

    /// Those of the analysis's own classifier, or of the classes' names.
    private func classEmbeddings(_ analysis: Analysis, _ model: LoadedModel) throws -> Matrix {
        if let refusal = model.directory.configuration.refusal(of: analysis) {
            throw InferenceError(.modelConfiguration, refusal)
        }
        if let weights = analysis.classifier?.weights { return weights.matrix.rowsNormalized() }
        let (texts, average) = Self.classTexts(analysis)
        return try embeddings(texts, average, analysis, model)
    }

    private func embeddings(
        _ texts: [String], _ average: Average, _ analysis: Analysis, _ model: LoadedModel
    ) throws -> Matrix {
        let columns = model.embeddingWidth
        guard !texts.isEmpty else { return Matrix(rows: 0, columns: columns) }
        let key = Self.key(texts, average.name, analysis)
        let rows = average.rows(of: texts.count)
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
            let digests = texts.map(TextDigest.init)
            let pieces = TextPieces(cache, model: Self.key([], Average.templates(1).name, analysis), columns: columns)
            let encoded = try encode(texts, digests, pieces, model)
            matrix = average(encoded)
            cache.store(matrix, under: file)
            pieces.forget(Set(digests))
        }
        return try shared?.store(matrix, under: key) ?? matrix
    }

    /// `[N, e]` of all texts; those that an earlier run came to are taken from where it kept them.
    private func encode(
        _ texts: [String], _ digests: [TextDigest], _ pieces: TextPieces, _ model: LoadedModel
    ) throws -> Matrix {
        var embeddings = Matrix(rows: texts.count, columns: model.embeddingWidth)
        let known = pieces.load(Set(digests))
        var missing: [Int] = []
        for (text, digest) in digests.enumerated() {
            if let row = known[digest] { embeddings.setRow(text, to: row) } else { missing.append(text) }
        }
        if missing.count < texts.count {
            cache.log.info(
                "texts that were encoded before are not encoded again",
                metadata: ["texts.known": "\(texts.count - missing.count)", "texts.left": "\(missing.count)"])
        }
        let asked = missing
        do {
            let rows = try TextSession(model).encode(
                asked.map { texts[$0] }, lanes: lanes, onBatch: onBatch,
                onEncoded: { batch, rows in pieces.add(batch.map { digests[asked[$0]] }, rows) })
            for (place, text) in asked.enumerated() { embeddings.setRow(text, to: rows.row(place)) }
        } catch {
            // Whatever ended it: the next run need not do this again.
            pieces.keep()
            throw error
        }
        return embeddings
    }

    /// SHA-256 over everything that the embeddings depend on.
    private static func key(_ texts: some Collection<String>, _ average: String, _ analysis: Analysis) -> String {
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
        add(average)
        texts.forEach(add)
        return hash.finalize().hexadecimal
    }
}

extension String {
    /// A template's `{}` replaced.
    package func filled(with name: String) -> String { replacingOccurrences(of: "{}", with: name) }
}
