import Settings

/// Standard error, for sentences and questions to whoever runs a command.
enum StandardError {
    /// Writes lines of ours, in which nothing speaks to the terminal.
    static func write(_ text: String) { ErrorStream.write(neutralLines(text)) }
}
