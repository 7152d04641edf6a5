import Inference

/// EZPC: one linear map from embeddings to descriptors and back, by which a class's score is a sum over descriptors
/// (docs/rivals.md §7).
public struct ConceptMap: Sendable {
    /// A of the paper, transposed: `[D, e]`, rows of length 1.
    private let rows: DoubleMatrix
    /// `[C, e]`, rows of length 1.
    private let classes: DoubleMatrix

    /// - Parameters:
    ///   - descriptors: `[D, e]`: what was trained; without training the descriptors' own embeddings.
    ///   - classes: `[C, e]`.
    public init(descriptors: Matrix, classes: Matrix) {
        rows = DoubleMatrix(descriptors.rowsNormalized())
        self.classes = DoubleMatrix(classes.rowsNormalized())
    }

    /// `(v·a_j)(a_j·t)` of each descriptor, `[D]`: they add up to the class's score.
    ///
    /// - Parameter image: `[e]`, not normalised.
    public func contributions(_ image: [Float], toClass index: Int) -> [Double] {
        let seen = activations(image)
        let said = DoubleMatrix(
            rows.plain,
            times: DoubleMatrix(rows: classes.columns, columns: 1, elements: classes.row(index)).plain)
        return zip(seen, said.elements).map { $0 * $1 }
    }

    /// Of each class the sum of its contributions, `[C]`, without the descriptors left out.
    public func scores(_ image: [Float], without removed: Set<Int> = []) -> [Double] {
        var seen = activations(image)
        for index in removed { seen[index] = 0 }
        let left = DoubleMatrix(rows: seen.count, columns: 1, elements: seen)
        let back = DoubleMatrix(rows.transposed, times: left.plain)
        return DoubleMatrix(classes.plain, times: back.plain).elements
    }

    /// v·a of each descriptor, `[D]`.
    private func activations(_ image: [Float]) -> [Double] {
        let unit = Matrix(rows: 1, columns: image.count, elements: image).rowsNormalized()
        return DoubleMatrix(rows.plain, times: DoubleMatrix(unit).transposed).elements
    }
}
