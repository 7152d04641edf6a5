import ArgumentParser

/// `analyses`: what is registered.
struct AnalysesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyses", abstract: "List, show and delete registered analyses.",
        subcommands: [AnalysesListCommand.self, AnalysesShowCommand.self, AnalysesDeleteCommand.self])
}
