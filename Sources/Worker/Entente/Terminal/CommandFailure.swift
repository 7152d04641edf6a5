import Settings

/// Why a command stops, and the exit code it stops with (README.md, "Commands").
struct CommandFailure: Error, CustomStringConvertible {
    enum Exit: Int32 {
        case usage = 64
        case badInput = 65
        case unavailable = 69
        case bug = 70
    }

    /// Bytes of a sentence: some list values, and each may be long.
    private static let maximumBytes = 8000

    let exit: Exit
    /// The sentence for the person at the terminal; of problems, one a line.
    let description: String

    init(_ exit: Exit, _ description: String) {
        self.exit = exit
        self.description = withoutMiddle(neutral(description), limit: Self.maximumBytes)
    }

    /// Of a file that has several things wrong with it.
    init(_ exit: Exit, _ problems: [Problem]) {
        self.exit = exit
        description = Problem.list(problems)
    }

    /// - Parameter lines: of ours, each neutral already.
    init(_ exit: Exit, lines: String) {
        self.exit = exit
        description = neutralLines(lines)
    }
}
