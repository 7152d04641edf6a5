import Settings

/// Standard error, for sentences and questions to whoever runs a command.
enum StandardError {
    /// Writes lines of ours, in which nothing speaks to the terminal.
    static func write(_ text: String) { ErrorStream.write(neutralLines(text)) }

    /// Says what may not be meant, a line each.
    static func warn(_ warnings: [Problem]) {
        for warning in warnings { write("entente: warning: \(warning)\n") }
    }
}
