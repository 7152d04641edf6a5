import Reporting
import Settings

extension PaperTable {
    /// For a terminal.
    var text: String {
        let grid = PaperGrid(self)
        var table = TextTable(grid.heads.map { .text($0) })
        for line in grid.lines { table.add(line.cells) }
        let body = table.text.split(separator: "\n").map { "  " + $0 }
        let notes = grid.notes.map { "  " + neutral($0) }
        return (["Table \(number). \(title)"] + (rows.isEmpty ? [] : body) + notes).joined(separator: "\n")
    }
}
