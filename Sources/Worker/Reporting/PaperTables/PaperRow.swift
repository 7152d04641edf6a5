/// A row of one of the paper's tables.
package struct PaperRow: Sendable {
    /// Id of the analysis that its figures are of, or of the first of them.
    let analysis: String
    /// One a head.
    let labels: [String]
    /// One a column.
    package let cells: [PaperCell]
}
