/// Why a command stops, and the exit code it stops with (README.md, "Commands").
struct CommandFailure: Error, CustomStringConvertible {
    enum Exit: Int32 {
        case usage = 64
        case badInput = 65
        case unavailable = 69
        case bug = 70
    }

    let exit: Exit
    /// The sentence for the person at the terminal.
    let description: String

    init(_ exit: Exit, _ description: String) {
        self.exit = exit
        self.description = description
    }
}
