/// Everything wrong with an analysis, found in one go.
package struct InvalidAnalysis: Error, CustomStringConvertible {
    package let problems: [Problem]

    package init(problems: [Problem]) {
        self.problems = problems
    }

    package var description: String { Problem.list(problems) }
}
