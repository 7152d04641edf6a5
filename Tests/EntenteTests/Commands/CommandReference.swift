import ArgumentParser
import Foundation

@testable import Entente

/// All commands with their help, out of the argument parser.
enum CommandReference {
    struct Command {
        /// Without the program's, such as `models fetch`.
        let name: String
        let isLeaf: Bool
        let help: String
    }

    static let commands = below(Entente.self, named: "")

    private static func below(_ command: any ParsableCommand.Type, named name: String) -> [Command] {
        // Some are for the program itself.
        command.configuration.subcommands.filter { $0.configuration.shouldDisplay }.flatMap { sub -> [Command] in
            let full = (name.isEmpty ? "" : name + " ") + (sub.configuration.commandName ?? "")
            let own = Command(
                name: full, isLeaf: sub.configuration.subcommands.isEmpty,
                help: Entente.helpMessage(for: sub, columns: 110))
            return [own] + below(sub, named: full)
        }
    }

    static var markdown: String {
        var text = """
            # Commands

            What `entente COMMAND --help` prints of each command. Made from the program itself; a test holds it current. Exit codes:
            0 done, 64 usage, 65 bad input, 69 service unavailable, 70 bug.


            """
        for command in commands {
            let depth = command.name.contains(" ") ? "###" : "##"
            let help = command.help.trimmingCharacters(in: .whitespacesAndNewlines).replacing(/\ +\n/, with: "\n")
            text += "\(depth) entente \(command.name)\n\n```\n\(help)\n```\n\n"
        }
        return String(text.dropLast())
    }

    static var isToBeWritten: Bool { ProcessInfo.processInfo.environment["ENTENTE_WRITE_DOCUMENTS"] == "1" }
}
