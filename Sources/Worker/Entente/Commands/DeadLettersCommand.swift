import ArgumentParser

/// `dead-letters`: jobs that could not be done, in whole or in part.
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters", abstract: "List, show and requeue messages with what can never succeed.",
        subcommands: [
            DeadLettersListCommand.self, DeadLettersShowCommand.self, DeadLettersRequeueCommand.self,
        ])
}
