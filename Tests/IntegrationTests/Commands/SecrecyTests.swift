import Foundation
import Testbed
import Testing

/// What the program prints where somebody's words stand in what it was given: no secret, and nothing that speaks to a terminal.
@Suite struct SecrecyTests {
    private static func isSilent(_ end: ProgramEnd) -> Bool {
        !["Potoroo", "Bettong"].contains { (end.output + end.errors).contains($0) }
    }

    private static func isQuiet(_ text: String) -> Bool {
        !text.unicodeScalars.contains { scalar in
            scalar != "\n"
                && [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        }
    }

    @Test func passwordsThatAreNotEncodedAreNotPrinted() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            for uri in [
                "postgresql://w:Potoroo/Bettong@127.0.0.1:1/e", "postgres://w:Potoroo@Bettong@127.0.0.1:1/e",
                "postgresql://w:Potoroo#/@Bettong:1/e", "host=w:Potoroo@127.0.0.1 port=1", "postgresql://w:Potoroo",
                "host=127.0.0.1 port=1 dbname=w:Potoroo@Bettong",
            ] {
                let flag = try Product.run(["migrate", "--postgres-uri", uri], in: scratch)
                let variable = try Product.run(
                    ["status", "--analysis", "x"], in: scratch, environment: ["ENTENTE_POSTGRES_URI": uri])
                for end in [flag, variable] {
                    #expect([64, 69].contains(end.status) && Self.isSilent(end), "\(end)")
                    #expect(end.errors.split(separator: "\n").count == 1 && end.errors.contains("%2F"), "\(end)")
                }
            }
            // Read by libpq when it connects, and by nobody before.
            let services = try scratch.write(
                "[spilled]\nhost=127.0.0.1\nport=1\nuser=w:Potoroo@Bettong\n", to: "services.conf")
            let end = try Product.run(
                ["migrate"], in: scratch,
                environment: ["ENTENTE_POSTGRES_URI": "service=spilled", "PGSERVICEFILE": services])
            #expect(end.status == 69 && Self.isSilent(end), "\(end)")
        }
    }

    @Test func namesSpeakToNoTerminal() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let name = "a\u{1b}[2J\u{1b}]0;x\u{7}\nentente: all is well\u{9b}1m\u{202e}\u{2028}.jpg"
            try scratch.write("no picture", to: name)
            try scratch.makeFolder("m\(name)")
            try scratch.write("{}", to: "m\(name)/open_clip_config.json")
            let path = scratch(name)
            for arguments in [
                ["analyze", "--analysis", DrawnWorld.analysis, path], ["analyze", "--analysis", path, path],
                ["encode", "--model", DrawnWorld.model, "--output", "o", path], ["models", "inspect", path],
                ["models", "verify", scratch("m\(name)")], ["models", "list", "--model-path", scratch("m\(name)")],
                ["submit", "--analysis", DrawnWorld.analysis, "--manifest", path, "--dry-run"],
                ["submit", "--analysis", DrawnWorld.analysis, "--images", path, "--dry-run"],
                ["tokenize", "--model", DrawnWorld.model, "--json-file", path], ["--\(name)"], ["status", name, name],
                ["worker", "--config", path], ["report", "--analysis", "x", "--log-level", name],
            ] {
                let end = try Product.run(arguments, in: scratch)
                #expect(Self.isQuiet(end.output + end.errors), "\(end)")
                #expect(!(end.output + end.errors).contains("\nentente: all is well"), "\(end)")
            }
            let end = try Product.run(["analyze", "--analysis", DrawnWorld.analysis, "--json", path], in: scratch)
            let line = try #require(
                try JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [String: Any], "\(end)")
            #expect(line["image"] as? String == path && Self.isQuiet(end.output))
        }
    }

    /// Files of another layout than ours, as repositories have them.
    @Test func aThousandMistakesOfAKindAreAFewLines() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let names = (0..<1000).map { "\"name \($0)\"" }.joined(separator: ", ")
            try scratch.write("[\(names)]", to: "classes.json")
            try scratch.write("[\"a\"]", to: "descriptors.json")
            let analysis = try scratch.write(
                "name: x\nmodel: \(DrawnWorld.model)\nclasses: classes.json\ndescriptors: descriptors.json\n",
                to: "analysis.yaml")
            let end = try Product.run(["analyze", "--analysis", analysis, "x.jpg"], in: scratch)
            #expect(end.status == 65 && end.errors.split(separator: "\n").count == 1, "\(end.errors.prefix(2000))")
            #expect(end.errors.contains("and 995 more"), "\(end.errors.prefix(2000))")
        }
    }
}
