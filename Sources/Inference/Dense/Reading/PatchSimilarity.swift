import Foundation

/// How patches and texts are compared.
///
/// Letters: n patches, C texts, e width of the embedding space. Texts are rows of length 1; patches and images as the
/// encoder gives them.
public enum PatchSimilarity {
    /// Cosines, `[n, C]`.
    public static func cosines(patches: Matrix, texts: Matrix) -> Matrix {
        patches.rowsNormalized().multiplied(by: texts, transposed: true)
    }

    /// How much more patches are like each text than like another one, `[n, C]`: the difference of the cosines.
    ///
    /// - Parameter other: `[e]`, of length 1.
    public static func cosines(patches: Matrix, texts: Matrix, less other: [Float]) -> Matrix {
        let differences = texts.elements.enumerated().map { $0.element - other[$0.offset % texts.columns] }
        return cosines(
            patches: patches, texts: Matrix(rows: texts.rows, columns: texts.columns, elements: differences))
    }

    /// CLIP Surgery's surgery on the features: cosines less what all texts have in common, `[n, C]`.
    ///
    /// Each text's cosines are weighted by its share of a softmax over twice the image's cosines, relative to an even share;
    /// then the mean over the texts is taken off. For a single text, from which its own mean would leave nothing, it is
    /// ``cosines(patches:texts:less:)`` of the empty text instead (docs/dense.md §2.3).
    ///
    /// - Parameters:
    ///   - image: `[e]`, the image's embedding.
    ///   - empty: `[e]`, of length 1: the empty string under the texts' prompts.
    public static func surgery(patches: Matrix, image: [Float], texts: Matrix, empty: [Float]) -> Matrix {
        guard texts.rows > 1 else { return cosines(patches: patches, texts: texts, less: empty) }
        var similarity = cosines(patches: patches, texts: texts)
        let whole = cosines(patches: Matrix(rows: 1, columns: image.count, elements: image), texts: texts)
        let shares = softmax(whole.elements.map { 2 * Double($0) })
        let weights = shares.map { Float($0 * Double(texts.rows)) }
        for patch in 0..<similarity.rows {
            var sum: Float = 0
            for text in 0..<texts.rows {
                similarity[patch, text] *= weights[text]
                sum += similarity[patch, text]
            }
            for text in 0..<texts.rows { similarity[patch, text] -= sum / Float(texts.rows) }
        }
        return similarity
    }

    /// How much likelier each patch shows an object's abnormal state than its normal one, 0…1, `[n, C]`: a softmax over the
    /// two cosines, without a temperature (docs/dense.md §2.10).
    ///
    /// - Parameters:
    ///   - normal: `[C, e]`, one object a row.
    ///   - abnormal: `[C, e]`.
    public static func abnormality(patches: Matrix, normal: Matrix, abnormal: Matrix) -> Matrix {
        let fine = cosines(patches: patches, texts: normal)
        let broken = cosines(patches: patches, texts: abnormal)
        return Matrix(
            rows: fine.rows, columns: fine.columns,
            elements: zip(fine.elements, broken.elements).map { 1 / (1 + exp($0 - $1)) })
    }

    static func softmax(_ values: [Double]) -> [Double] {
        let largest = values.max() ?? 0
        let powers = values.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
