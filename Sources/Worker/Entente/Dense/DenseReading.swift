import Foundation
import Inference

/// What one picture says of every text: by patch, and as a whole.
struct DenseReading {
    /// `[n, C]`: what `patch_similarity` holds.
    let similarity: Matrix
    /// `[n, C]`, 0…1, on a scale that is the same for all pictures: how much more a patch is like the text than like no text at
    /// all, held down by ``presence``.
    let absolute: Matrix
    /// `[C]`, 0…1: the same of the whole picture.
    let presence: [Float]
    /// `[n, n]`, of a method that finds regions.
    let correlation: Matrix?
    /// `[n, C]`: the similarity that patches have without a method, where it is to be shown beside.
    var raw: Matrix? = nil
    /// Of texts that are several in one, by their numbers.
    var combined: [Int: CombinedTarget] = [:]

    /// What differences of cosines are multiplied by: for patches as the papers' benchmarks do it, for pictures as CLIP was
    /// trained.
    private static let (patchScale, pictureScale): (Float, Float) = (40, 100)
}

extension DenseReading {
    /// - Parameters:
    ///   - patches: `[n, e]`, as the method gives them.
    ///   - image: `[e]`.
    ///   - score: the model's: of a sigmoid it says itself whether a text is there.
    init(
        _ method: DenseMethod, patches: Matrix, image: [Float], texts: DenseTexts, correlation: Matrix?,
        score: LogitScore?
    ) {
        let whole = Matrix(rows: 1, columns: image.count, elements: image)
        if let abnormal = texts.abnormal {
            func abnormality(_ rows: Matrix) -> Matrix {
                PatchSimilarity.abnormality(patches: rows, normal: texts.embeddings, abnormal: abnormal)
            }
            let similarity = abnormality(patches)
            self.init(
                similarity: similarity, absolute: similarity, presence: abnormality(whole).elements,
                correlation: correlation)
            return
        }
        let parts = Self.similarity(method, patches: patches, image: image, texts: texts)
        let partPresence =
            if let score, score.kind == .sigmoid {
                PatchSimilarity.cosines(patches: whole, texts: texts.embeddings).elements.map(score.presence)
            } else {
                Self.excess(whole, texts, scale: Self.pictureScale).elements
            }
        var partAbsolute = Self.excess(patches, texts, scale: Self.patchScale)
        for patch in 0..<partAbsolute.rows {
            for (part, present) in partPresence.enumerated() { partAbsolute[patch, part] *= present }
        }
        let side = Int(Double(patches.rows).squareRoot().rounded())
        var combined: [Int: CombinedTarget] = [:]
        for (text, rows) in texts.rows.enumerated() where rows.count > 1 {
            combined[text] = CombinedTarget(rows.map { HeatMap(parts, text: $0, side: side) })
        }
        let maps = combined.mapValues(\.map.values)
        func joined(_ values: Matrix, _ value: (_ patch: Int, _ text: Int) -> Float) -> Matrix {
            guard !combined.isEmpty else { return values }
            return Matrix(
                rows: values.rows, columns: texts.rows.count,
                elements: (0..<values.rows).flatMap { patch in texts.rows.indices.map { value(patch, $0) } })
        }
        self.init(
            similarity: joined(parts) { patch, text in maps[text]?[patch] ?? parts[patch, texts.rows[text].lowerBound]
            },
            // Where one of them is, the target is.
            absolute: joined(partAbsolute) { patch, text in
                texts.rows[text].map { partAbsolute[patch, $0] }.max() ?? 0
            },
            presence: texts.rows.map { $0.map { partPresence[$0] }.max() ?? 0 }, correlation: correlation,
            combined: combined)
    }

    private static func similarity(
        _ method: DenseMethod, patches: Matrix, image: [Float], texts: DenseTexts
    ) -> Matrix {
        guard method == .clipSurgery else { return PatchSimilarity.cosines(patches: patches, texts: texts.embeddings) }
        return texts.areAgainstEmpty
            ? PatchSimilarity.cosines(patches: patches, texts: texts.embeddings, less: texts.empty)
            : PatchSimilarity.surgery(patches: patches, image: image, texts: texts.embeddings, empty: texts.empty)
    }

    /// This reading with what patches are without a method beside it: of a target of several texts the mean of their cosines.
    ///
    /// - Parameter patches: `[n, e]`, as the model ends with them.
    func beside(raw patches: Matrix, _ texts: DenseTexts) -> DenseReading {
        let cosines = PatchSimilarity.cosines(patches: patches, texts: texts.embeddings)
        var result = self
        result.raw = Matrix(
            rows: cosines.rows, columns: texts.rows.count,
            elements: (0..<cosines.rows).flatMap { patch in
                texts.rows.map { rows in rows.reduce(0) { $0 + cosines[patch, $1] } / Float(rows.count) }
            })
        return result
    }

    /// How probable a text is when the empty one is all there is beside it, `[rows, C]`.
    private static func excess(_ rows: Matrix, _ texts: DenseTexts, scale: Float) -> Matrix {
        let nothing = PatchSimilarity.cosines(
            patches: rows, texts: Matrix(rows: 1, columns: texts.empty.count, elements: texts.empty))
        var result = PatchSimilarity.cosines(patches: rows, texts: texts.embeddings)
        for row in 0..<result.rows {
            for text in 0..<result.columns {
                result[row, text] = 1 / (1 + exp(scale * (nothing[row, 0] - result[row, text])))
            }
        }
        return result
    }
}
