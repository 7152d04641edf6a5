import Foundation
import Testbed
import Testing

@testable import Entente

/// Files that are nearly manifests: each is called what it is.
@Suite struct ManifestFormTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func refusal(_ bytes: some Sequence<UInt8>, _ name: String) throws -> String {
        let path = try scratch.write(Array(bytes), to: name)
        let failure = #expect(throws: CommandFailure.self, "\(name)") { try Manifest.list(path) }
        #expect(failure?.exit == .badInput)
        return failure?.description ?? ""
    }

    @Test(arguments: [
        ("[\n {\"uri\": \"https://h/a\"},\n {\"uri\": \"https://h/b\"}\n]", "list.json", "is one JSON array"),
        (" [{\"path\": \"x\"}]", "list.csv", "jq -c '.[]'"),
        ("{\"path\": \"a\"}\n{\n \"path\": \"b\"\n}\n", "m.jsonl", ":2: not JSON: an object goes on behind the line"),
        ("{\"path\": \"a\", \"tags\": [1,\n2]}\n", "m.ndjson", "as `jq -c .` writes them"),
        ("{\"path\": \"a\", \"x\": nan}\n", "m.jsonl", "it holds nan, which JSON does not have"),
        ("{\"path\": \"a\", \"x\": [1, Infinity]}\n", "m.jsonl", "it holds Infinity"),
        ("{\"path\": \"a\", \"ok\": True}\n", "m.jsonl", "it holds True, which JSON does not have; write true"),
        ("{\"label\": None, \"path\": \"NaN\"}\n", "m.jsonl", "it holds None"),
        ("{'uri': 'https://h/a'}\n", "m.jsonl", "single quotes, as Python prints them"),
        ("{\"path\": \"it's NaN, {None\"}}\n", "m.jsonl", "more after the end"),
        ("\"path\";\"label\"\n\"a\";\"b\"\n", "m.csv", "separated by semicolons"),
        ("label;uri\nx;https://h/a\n", "m.csv", "separated by semicolons"),
        ("id\t\"Path\"\n1\ta\n", "m.tsv", "separated by tabs"), ("path|label\na|b\n", "m.txt", "separated by bars"),
        ("\u{FEFF}SEP=;\npath;label\n", "m.csv", "a line for Excel (sep=)"),
        ("label,filename\nx,a.jpg\n", "m.csv", "it has `filename`: call that one `path`"),
        ("URL,text\nhttps://h/a,x\n", "m.csv", "it has `url`: call that one `uri`"),
        ("<!doctype html><html></html>", "m.csv", "is an HTML page or XML"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "m.csv", "a Git LFS pointer"),
        ("PK\u{3}\u{4}xl/workbook.xml", "m.csv", "is a workbook or another archive"),
        ("PAR1...", "m", "a Parquet file"),
    ]) func nearFormsAreNamed(text: String, name: String, says: String) throws {
        let refusal = try refusal(text.utf8, name)
        #expect(refusal.contains(says), "\(refusal)")
        #expect(refusal.contains(name) && !refusal.contains("\n"))
    }

    @Test func sixteenBitsAreNamed() throws {
        let text = "path\na.jpg\n"
        let little: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try refusal(little, "m.csv").contains("is UTF-16; save the list"))
    }

    /// Wherever a text begins with one, it is passed over.
    @Test(arguments: [
        ("list.jsonl", "{\"path\": \"a.jpg\"}\n"), ("list", "{\"path\": \"a.jpg\"}"), ("l.csv", "path\na.jpg\n"),
    ])
    func aByteOrderMarkIsPassedOver(name: String, text: String) throws {
        #expect(try Manifest.list(scratch.write("\u{FEFF}" + text, to: name)).map(\.id) == ["a.jpg"])
    }
}
