import Foundation
import Testing

@testable import Entente
@testable import Settings

/// Files that are no mapping of known keys at all.
@Suite struct MalformedAnalysisTests {
    private func problem(_ yaml: String) throws -> Problem {
        let problems = try AnalysisFixture().problems(yaml)
        #expect(problems.count == 1)
        return try #require(problems.first)
    }

    @Test(arguments: ["", "# nothing\n"]) func emptyFiles(yaml: String) throws {
        #expect(try problem(yaml).message.contains("empty"))
    }

    @Test func notUTF8() throws {
        let problems = try AnalysisFixture().problems(Array("name: caf".utf8) + [0xE9, 0x0A])
        #expect(problems.map(\.message) == ["The file is not UTF-8."])
    }

    @Test func missingFile() throws {
        let error = #expect(throws: InvalidAnalysis.self) { try AnalysisFile(path: "/nowhere/analysis.yaml") }
        #expect(error?.problems.first?.file == "/nowhere/analysis.yaml")
        #expect(error?.problems.first?.message.contains("can't be read") == true)
    }

    @Test func aFolderInstead() throws {
        let fixture = try AnalysisFixture()
        let path = fixture.folder("model")
        let error = #expect(throws: InvalidAnalysis.self) { try AnalysisFile(path: path) }
        #expect(FileManager.default.fileExists(atPath: fixture.folder("model")))
        #expect(error?.problems.first?.message.contains("can't be read") == true)
    }

    @Test func syntaxErrorsHaveTheirLine() throws {
        let found = try problem("name: trial\nmodel: model\nclasses: [unclosed\n")
        #expect(found.message.contains("not YAML"))
        #expect((3...4).contains(found.line ?? 0))
        // Only what is wrong, never the document.
        #expect(!found.message.contains("trial"))
    }

    @Test func duplicateKeysAreNamedWithTheirLine() throws {
        let found = try problem("name: a\nmodel: model\nname: b\n")
        #expect(found.message.contains("name"))
        #expect(found.message.contains("twice"))
        #expect(found.line == 1)
        let nested = try problem(AnalysisFixture.method("  parts:\n    count: 3\n    count: 4\n"))
        #expect(nested.message.contains("count"))
        #expect(nested.line == 7)
    }

    @Test func secondDocumentIsNotIgnored() throws {
        #expect(try problem(AnalysisFixture.minimal + "---\nname: other\n").message.contains("not YAML"))
    }

    @Test(arguments: ["just words", "- a\n- b\n"]) func notAMapping(yaml: String) throws {
        let problems = try AnalysisFixture().problems(yaml)
        #expect(problems.first?.line == 1)
        #expect(problems.first?.message.contains("has to be a mapping of `name`, `model`") == true)
    }

    @Test func aTemplateInPlaceOfAListIsSaid() throws {
        let problem = try problem(AnalysisFixture.minimal + "templates: a {}\n")
        #expect(problem.message.hasPrefix("`templates` has to be a list of strings"))
        #expect(problem.message.contains("`imagenet`, `places365`, `food101`"))
    }

    @Test func wrongTypesOfTopLevelKeys() throws {
        let problems = try AnalysisFixture().problems(
            """
            name: [a]
            model: {path: model}
            classes:
            descriptors: [x]
            templates: {a: "{}"}
            method: kmeans
            """)
        for (line, key) in [(1, "name"), (2, "model"), (3, "classes"), (4, "descriptors"), (5, "templates")] {
            #expect(problems.contains { $0.line == line && $0.message.hasPrefix("`\(key)` has to be") }, "\(key)")
        }
        #expect(problems.contains { $0.line == 6 && $0.message.hasPrefix("`method` has to be a mapping") })
    }

    @Test func emptyListOfTemplates() throws {
        let problems = try AnalysisFixture().problems("templates: []\n" + AnalysisFixture.minimal)
        #expect(problems.count == 1)
        #expect(problems.first?.line == 1)
        #expect(problems.first?.message.contains("at least one template") == true)
    }

    @Test func whatNoDatabaseCanHoldIsRefused() throws {
        let found = try problem(AnalysisFixture.minimal.replacing("name: trial", with: #"name: "a\0b""#))
        #expect(found.line == 1)
        #expect(found.message.contains("`name`"))
        #expect(found.message.contains("U+0000"))
    }
}
