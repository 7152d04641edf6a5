import ArgumentParser
import Persistence
import Settings

/// `migrate`: brings the database's schema to this build's.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Create or upgrade the database schema.",
        discussion: "Safe to run twice and from several places at once.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings(database.flags)
        let connection = try Connection(
            uri: settings.required(.postgresURI), settings: .patient(applicationName: "entente migrate"))
        let outcome = try Migrator(connection).migrate()
        let log = try settings.logger("entente.migrate")
        for warning in outcome.warnings { log.warning("\(warning)") }
        try StandardOutput.line(
            outcome.applied.isEmpty
                ? "The schema is at version \(outcome.version) already."
                : "The schema is at version \(outcome.version) now; applied "
                    + outcome.applied.map(String.init).joined(separator: ", ") + ".")
    }
}
