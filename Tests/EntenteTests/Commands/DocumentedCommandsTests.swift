import ArgumentParser
import Testbed
import Testing

@testable import Entente

/// What the documents tell people to type is what the program takes.
@Suite struct DocumentedCommandsTests {
    @Test(arguments: DocumentedCommands.documents) func everyCallIsUnderstood(document: String) throws {
        for call in try DocumentedCommands(of: document).calls {
            #expect(throws: Never.self, "entente \(call.joined(separator: " "))") { try Entente.parseAsRoot(call) }
        }
    }

    @Test func callsAreFound() throws {
        #expect(try DocumentedCommands(of: "README.md").calls.count >= 7)
        #expect(
            DocumentedCommands.arguments("entente worker --lanes 2   # as many as cores") == ["worker", "--lanes", "2"])
        #expect(
            DocumentedCommands.arguments("$ entente status --analysis x [--watch] | less") == [
                "status", "--analysis", "x",
            ])
        #expect(DocumentedCommands.arguments("curl localhost/readyz") == nil)
        #expect(throws: (any Error).self) { try Entente.parseAsRoot(["worker", "--no-such-option"]) }
    }

    /// README's table names every command, and no other.
    @Test func theTableOfCommandsIsWhole() throws {
        let readme = try String(contentsOfFile: Checkout.root + "/README.md", encoding: .utf8)
        let table = try #require(readme.split(separator: "## Commands").last?.split(separator: "\n## ").first)
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("| `") }
        var said: Set<String> = []
        for row in rows {
            for found in row.split(separator: "|")[0].matches(of: /`([a-z-]+(?: [a-z-]+)?)/) {
                said.insert(String(found.1))
            }
        }
        #expect(Set(CommandReference.commands.filter(\.isLeaf).map(\.name)).subtracting(said) == [])
        #expect(said.subtracting(CommandReference.commands.map(\.name)) == [])
    }

    /// `docs/commands.md` is what `--help` prints. With ENTENTE_WRITE_DOCUMENTS=1 this writes it instead.
    @Test func theReferenceIsCurrent() throws {
        let path = Checkout.root + "/docs/commands.md"
        if CommandReference.isToBeWritten {
            try CommandReference.markdown.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(
            try String(contentsOfFile: path, encoding: .utf8) == CommandReference.markdown,
            "ENTENTE_WRITE_DOCUMENTS=1 scripts/test --filter DocumentedCommandsTests writes it")
    }
}
