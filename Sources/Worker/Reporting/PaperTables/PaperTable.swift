/// One of the paper's tables, filled with what a database has (docs/judged.md §3).
package struct PaperTable: Sendable {
    /// As the paper counts them: 1, 2, 3, A1 … A4.
    package let number: String
    package let title: String
    /// Heads of the columns that say what a row is.
    let labels: [String]
    let columns: [PaperColumn]
    package let rows: [PaperRow]
    /// What is to be known of the figures.
    let notes: [String]
    /// What would give it a first row; said if it has none.
    let absence: String
}
