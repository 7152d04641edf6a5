/// One thing wrong with an analysis file or a file that it names.
struct Problem: Hashable, CustomStringConvertible {
    let file: String
    /// 1-based; nil when the whole file is meant.
    let line: Int?
    /// A sentence that names the field or value and what would mend it.
    let message: String

    var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

/// Everything wrong with an analysis, found in one go.
struct InvalidAnalysis: Error, CustomStringConvertible {
    let problems: [Problem]
    var description: String { problems.map(\.description).joined(separator: "\n") }
}
