/// One thing wrong with an analysis file or a file that it names.
package struct Problem: Hashable, CustomStringConvertible {
    package let file: String
    /// 1-based; nil when the whole file is meant.
    package let line: Int?
    /// A sentence that names the field or value and what would mend it.
    package let message: String

    /// Bytes of a sentence that are shown: a value in it may be as long as the file.
    private static let shownBytes = 1000
    /// Problems that are shown of many.
    package static let shown = 20

    package init(file: String, line: Int?, message: String) {
        self.file = file
        self.line = line
        self.message = withoutMiddle(neutral(message), limit: Self.shownBytes)
    }

    package var description: String {
        neutral(file) + (line.map { ":\($0): " } ?? ": ") + message
    }

    /// The first of them, one a line, and how many there are beside them.
    package static func list(_ problems: [Problem]) -> String {
        let more = problems.count - shown
        return (problems.prefix(shown).map(\.description) + (more > 0 ? ["and \(more) more problems"] : []))
            .joined(separator: "\n")
    }
}
