/// How the process that makes maps is started, and when it ends.
package struct MapChildOptions: Sendable {
    /// The program and what it is given.
    package let command: [String]
    /// All of it: no secret of the explorer's is in there.
    package let environment: [String: String]
    /// Without a question for so long it ends.
    package let idle: Duration
    /// Whoever asks is told to come again after so long; the map is made all the same.
    package var patience = Duration.seconds(50)
    /// A map that takes longer ends the process.
    package var limit = Duration.seconds(600)

    package init(command: [String], environment: [String: String], idle: Duration) {
        (self.command, self.environment, self.idle) = (command, environment, idle)
    }
}
