import Testbed
import Testing

@testable import Settings

@Suite struct PropertiesFileTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func read(_ text: String) throws -> [String: String] {
        try PropertiesFile.read(scratch.write(text, to: "kafka.properties"))
    }

    private func failure(_ text: String) throws -> String {
        try #require(throws: SettingsError.self) { try read(text) }.description
    }

    @Test(arguments: [
        ("sasl.username=quoll", "quoll"), ("  sasl.username = quoll\t ", "quoll"), ("sasl.username:quoll\r", "quoll"),
        ("sasl.username=a=b:c#d!e", "a=b:c#d!e"), ("sasl.username=", ""), ("sasl.username=qu\\\n   oll", "quoll"),
        ("sasl.username=\\\n# no comment", "# no comment"), ("sasl.username=a\\u0020", "a "),
        ("sasl.username=a\\ ", "a "),
        ("sasl.username=\\u00e9\\n\\t\\\\n\\=\\:", "\u{e9}\n\t\\n=:"), ("sasl.username=a\\\\", "a\\"),
        ("sasl.username=kö\u{0301}", "kö\u{0301}"),
    ]) func valuesAreRead(text: String, value: String) throws {
        #expect(try Array(read(text)["sasl.username"]?.utf8 ?? "?".utf8) == Array(value.utf8))
    }

    @Test func whatSaysNothingIsPassedOver() throws {
        let text = "\u{FEFF}# sasl.password=x\n\n \t\n  ! y=z\\\nsecurity.protocol=SASL_SSL\nsasl.mechanism: PLAIN\n"
        #expect(try read(text) == ["security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"])
    }

    /// Line and file are named; what stands there never is.
    @Test(arguments: [
        ("a.b=1\nWombat\n", 2), ("\n\n=Wombat", 3), ("sasl password=Wombat", 1), ("a=1\nb=Wombat\\q", 2),
        ("a=Wombat\\", 0), ("a=Wombat\\u12", 1), ("a=Wombat\\ud800", 1), ("a=1\n\na=Wombat", 3), ("\u{e9}=Wombat", 1),
    ]) func otherLinesAreNamed(text: String, line: Int) throws {
        // At the file's end there is nothing to go on with, as in Java.
        guard line > 0 else { return #expect(try read(text) == ["a": "Wombat"]) }
        let message = try failure(text)
        #expect(message.contains(scratch("kafka.properties") + ":\(line): "), "\(message)")
        #expect(!message.contains("Wombat"))
    }

    @Test func otherFilesAreRefused() throws {
        for path in [scratch.path, "/nowhere/kafka.properties"] {
            let error = #expect(throws: SettingsError.self) { try PropertiesFile.read(path) }
            #expect(error?.description.contains(path) == true && error?.description.contains("can't be read") == true)
        }
        let path = try scratch.write([0x61, 0x3D, 0xFF], to: "latin.properties")
        let error = #expect(throws: SettingsError.self) { try PropertiesFile.read(path) }
        #expect(error?.description.contains("UTF-8") == true)
        #expect(try failure(String(repeating: "# wombat\n", count: 200_000)).contains("1048576 bytes"))
    }
}
