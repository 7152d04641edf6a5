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

    /// What differences of cosines are multiplied by: for patches as the papers' benchmarks do it, for pictures as CLIP was
    /// trained.
    private static let (patchScale, pictureScale): (Float, Float) = (40, 100)

    /// - Parameters:
    ///   - patches: `[n, e]`, as the method gives them.
    ///   - image: `[e]`.
    init(_ method: DenseMethod, patches: Matrix, image: [Float], texts: DenseTexts, correlation: Matrix?) {
        self.correlation = correlation
        let whole = Matrix(rows: 1, columns: image.count, elements: image)
        if let abnormal = texts.abnormal {
            similarity = PatchSimilarity.abnormality(patches: patches, normal: texts.embeddings, abnormal: abnormal)
            absolute = similarity
            presence =
                PatchSimilarity.abnormality(patches: whole, normal: texts.embeddings, abnormal: abnormal).elements
            return
        }
        similarity =
            method == .clipSurgery
            ? PatchSimilarity.surgery(patches: patches, image: image, texts: texts.embeddings, empty: texts.empty)
            : PatchSimilarity.cosines(patches: patches, texts: texts.embeddings)
        presence = Self.excess(whole, texts, scale: Self.pictureScale).elements
        var absolute = Self.excess(patches, texts, scale: Self.patchScale)
        for patch in 0..<absolute.rows {
            for (text, present) in presence.enumerated() { absolute[patch, text] *= present }
        }
        self.absolute = absolute
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
