/// The columns of a statement that writes many rows, and their parameters, which begin at `$1`.
struct Columns<Row>: Sendable {
    /// Each with the number of its first parameter.
    private let columns: [(column: Column<Row>, number: Int)]
    /// Parameters of all of them.
    let count: Int

    /// - Parameters:
    ///   - columns: in the order of the statement.
    ///   - number: of the first parameter.
    init(_ columns: [Column<Row>], from number: Int = 1) {
        var next = number
        self.columns = columns.map { column in
            defer { next += column.width }
            return (column, next)
        }
        count = next - number
    }

    private var all: [String] { columns.map(\.column.name) }

    /// What to insert into.
    var names: String { all.joined(separator: ", ") }
    /// What to insert, of rows `u`.
    var values: String { columns.map { $0.column.value($0.number) }.joined(separator: ", ") }
    /// The rows as the server sees them.
    var source: String {
        let source = columns.flatMap { $0.column.source($0.number) }
        return "unnest(\(source.map(\.argument).joined(separator: ", "))) "
            + "AS u (\(source.map(\.name).joined(separator: ", ")))"
    }

    /// What a row that is there already becomes, of the columns behind the first, which are its key.
    func updates(behind keys: Int) -> String {
        all.dropFirst(keys).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    }

    func parameters(_ rows: [Row]) -> [Parameter] { columns.flatMap { $0.column.parameters(rows) } }
}
