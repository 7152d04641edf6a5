import ArgumentParser
import Foundation
import Persistence

/// `verify`: recomputes the roll-ups from the rows and lists what differs.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare the roll-ups with a recomputation from the rows.",
        discussion: "Exit code 0 if they are equal, integer for integer, else 65.")

    @Flag(help: "Print {\"differences\": […]}.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings(database.flags)
        let connection = try settings.connect("verify")
        let differences = try Verifier(connection).differences()
        if json {
            struct Output: Encodable { let differences: [RollupDifference] }
            try StandardOutput.json(Output(differences: differences))
        } else if differences.isEmpty {
            try StandardOutput.line("The roll-ups equal the rows.")
        } else {
            for difference in differences {
                try StandardOutput.line(
                    "\(difference.rollup) \(difference.analysis) \(difference.cell): \(difference.quantity) is "
                        + "\(difference.stored), the rows say \(difference.recomputed)")
            }
        }
        guard differences.isEmpty else { throw ExitCode(CommandFailure.Exit.badInput.rawValue) }
    }
}
