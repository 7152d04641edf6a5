import Settings

extension PaperTable {
    /// A `table` that needs no package; nulls stand below their row, in smaller type.
    package var latex: String {
        let grid = PaperGrid(self)
        func line(_ cells: [String], _ command: String = "") -> String {
            cells.map { $0.isEmpty ? "" : command + Self.escaped($0) }.joined(separator: " & ") + " \\\\"
        }
        let columns =
            String(repeating: "l", count: grid.labels) + String(repeating: "r", count: grid.heads.count - grid.labels)
        let lines = grid.lines.map { line($0.cells, $0.isNull ? "\\footnotesize " : "") }
        let notes = grid.notes.map { "\\par\\footnotesize \(Self.escaped($0))" }
        return
            ([
                "\\begin{table}", "\\caption{\(Self.escaped("Table \(number). \(title)"))}",
                "\\begin{tabular}{\(columns)}", "\\hline", line(grid.heads), "\\hline",
            ] + lines + ["\\hline", "\\end{tabular}"] + notes + ["\\end{table}"]).joined(separator: "\n")
    }

    /// What TeX would read as a command, and what many of its fonts lack.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in neutral(text).unicodeScalars {
            switch scalar {
            case "\\": out += "\\textbackslash{}"
            case "{", "}", "$", "&", "#", "_", "%": out += "\\\(scalar)"
            case "^": out += "\\textasciicircum{}"
            case "~": out += "\\textasciitilde{}"
            case "↓": out += "$\\downarrow$"
            case "↑": out += "$\\uparrow$"
            case "−": out += "$-$"
            case "±": out += "$\\pm$"
            case "–": out += "--"
            case "<", ">": out += "$\(scalar)$"
            // At the beginning of a line they would belong to the line break before it.
            case "[", "*": out += out.isEmpty ? "{\(scalar)}" : "\(scalar)"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
