import ArgumentParser
import Exploring
import Fetch
import Foundation
import Logging
import Persistence
import Settings
import Threads

/// `explore`: pages over the results.
struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Serve pages on which to wander through what was found.",
        discussion: """
            From a matrix of models to a class, to a picture, to the patch that a word comes from. Reads the public views with \
            the rights of entente_reader, of which the database's log-in has to be a member, and changes nothing. Listens on \
            this machine's own address; on others only with a token (ENTENTE_EXPLORE_TOKEN) or behind a proxy. Pictures are \
            read from where their URIs point, under the worker's rules for it. Where the models are at hand, a picture's page shows maps \
            of any text, which a process of its own makes. Ends on SIGINT and SIGTERM.
            """)

    @Option(
        help: ArgumentHelp("Where to listen (ENTENTE_HTTP_ADDRESS); default: 127.0.0.1:8080.", valueName: "host:port"))
    var httpAddress: String?

    @Option(
        help: ArgumentHelp(
            "What whoever looks has to send; better set as ENTENTE_EXPLORE_TOKEN, where nobody sees it.",
            valueName: "text"))
    var token: String?

    @Option(
        help: ArgumentHelp(
            "Header in which a proxy says who asks (ENTENTE_EXPLORE_TRUST_HEADER).", valueName: "name"))
    var trustHeader: String?

    @Option(
        help: ArgumentHelp(
            "Names that browsers call it by, comma-separated; others are refused (ENTENTE_EXPLORE_HOSTS).",
            valueName: "names"))
    var hosts: String?

    @Option(
        help: ArgumentHelp(
            "Folders that file:// pictures may lie in, colon-separated (ENTENTE_FILE_ROOTS).", valueName: "dirs"))
    var fileRoots: String?

    @Option(
        help: ArgumentHelp(
            "Directories of models for maps of texts, colon-separated (ENTENTE_MODEL_PATH).", valueName: "dirs"))
    var modelPath: String?

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings(
            database.flags.merging([
                .httpAddress: httpAddress, .fileRoots: fileRoots, .exploreToken: token,
                .exploreTrustHeader: trustHeader, .exploreHosts: hosts, .modelPath: modelPath,
            ]) { $1 })
        let stop = StopSignal()
        TerminationSignals.become(stop)
        let log = try settings.logger("entente.explore")
        let server = try ExplorerServer(
            settings: settings, database: ConnectionTarget(uri: settings.required(.postgresURI)), log: log, stop: stop)
        try await server.whileNotStopped(stop) { address in
            StandardError.write("entente: explore at \(address)\n")
        }
    }
}
