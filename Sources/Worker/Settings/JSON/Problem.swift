/// One thing wrong with an analysis file or a file that it names.
package struct Problem: Hashable, CustomStringConvertible {
    package let file: String
    /// 1-based; nil when the whole file is meant.
    package let line: Int?
    /// A sentence that names the field or value and what would mend it.
    package let message: String

    package init(file: String, line: Int?, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    package var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

/// Everything wrong with an analysis, found in one go.
package struct InvalidAnalysis: Error, CustomStringConvertible {
    package let problems: [Problem]

    package init(problems: [Problem]) {
        self.problems = problems
    }
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
