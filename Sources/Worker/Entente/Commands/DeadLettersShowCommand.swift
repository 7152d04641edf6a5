import ArgumentParser
import Persistence
import Settings

/// `dead-letters show`.
struct DeadLettersShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a dead letter: why, its key and headers, its failures and its job.",
        discussion: "URIs are shown without credentials, query strings and inline bytes.")

    @Argument(help: "Dead-letter id, as list shows it: topic/partition/offset.")
    var deadLetter: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let connection = try await global.settings(database.flags).connect("dead-letters show")
        guard let letter = try DeadLetterStore(connection).show(deadLetter) else {
            throw CommandFailure(
                .badInput,
                "No dead letter has the id \(quoted(deadLetter)); `entente dead-letters list` shows those there are.")
        }
        let description = DeadLetterDescription(letter)
        if json { try StandardOutput.json(description) } else { try StandardOutput.line(description.text) }
    }
}
