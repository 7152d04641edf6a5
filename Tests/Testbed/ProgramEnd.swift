/// How a program ended and what it wrote.
public struct ProgramEnd: Sendable, CustomStringConvertible {
    public let command: String
    /// The exit code, or minus the number of the signal that ended it.
    public let status: Int32
    public let output: String
    public let errors: String
    /// From start to end.
    public let seconds: Double

    public var description: String {
        "“\(command)” ended with \(status)\nstandard output:\n\(output)\nstandard error:\n\(errors)"
    }
}
