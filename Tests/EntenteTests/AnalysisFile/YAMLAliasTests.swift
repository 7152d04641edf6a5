import Foundation
import Testing

@testable import Entente

/// Aliases are for saving words, not for building what nobody could write out.
@Suite(.timeLimit(.minutes(1))) struct YAMLAliasTests {
    /// Levels of lists, each of the level before as often as said; `use` puts the last into the file.
    private func bomb(levels: Int, each: Int, use: (String) -> String) -> String {
        var lines = ["templates:", "  - &n0 [x, y]"]
        for level in 1...levels {
            let aliases = Array(repeating: "*n\(level - 1)", count: each).joined(separator: ", ")
            lines.append("  - &n\(level) [\(aliases)]")
        }
        return AnalysisFixture.minimal + lines.joined(separator: "\n") + "\n" + use("*n\(levels)") + "\n"
    }

    @Test(
        arguments: [
            { "  - ? \($0)\n    : 1" }, { "  - {\($0): 1}" }, { "  - [{\($0): 1}, \($0)]" }, { "other: \($0)" },
            { "  - <<: \($0)" },
        ] as [@Sendable (String) -> String])
    func nestedAliasesAreRefused(use: @Sendable (String) -> String) throws {
        for (levels, each) in [(9, 9), (30, 2), (4, 40)] {
            let problems = try AnalysisFixture().problems(bomb(levels: levels, each: each, use: use))
            try #require(problems.count == 1)
            #expect(
                problems[0].message.contains("aliases, such as “*n0”; at most 16 are read"), "\(problems[0].message)")
        }
    }

    /// As many as are read, in the worst order.
    @Test func whatIsReadIsReadInGoodTime() throws {
        let text = bomb(levels: 5, each: 3) { "  - ? \($0)\n    : 1" }
        let problems = try AnalysisFixture().problems(text)
        #expect(!problems.isEmpty && problems.allSatisfy { !$0.message.contains("aliases") })
    }

    @Test func largeFilesHaveNone() throws {
        let list = Array(repeating: "\"x {}\"", count: 20_000).joined(separator: ", ")
        let file = AnalysisFixture.minimal + "templates: [\(list)]\n"
        #expect(try AnalysisFixture().problems(file).isEmpty)
        let aliased = file.replacingOccurrences(of: "name: trial", with: "name: &n trial") + "descriptor_template: *n\n"
        let problems = try AnalysisFixture().problems(aliased)
        #expect(problems.count == 1 && problems[0].message.contains("with aliases at most 65536 are read"))
    }

    @Test func someAreRead() throws {
        let aliased = AnalysisFixture.minimal + "templates: [&t \"a photo of *many* {} & *more* {}\", *t]\n"
        // What they stand for is judged like anything else.
        let problems = try AnalysisFixture().problems(aliased)
        #expect(problems.map(\.message).allSatisfy { $0.contains("exactly one {}") } && problems.count == 2)
        let twice = AnalysisFixture.minimal + "templates: [&t \"a photo of {}\", *t]\n"
        #expect(try AnalysisFixture().read(twice).templates == ["a photo of {}", "a photo of {}"])
        // Stars without an anchor of that name are text.
        let stars = Array(repeating: "\"*really* {}\"", count: 30).joined(separator: ", ")
        #expect(try AnalysisFixture().read(AnalysisFixture.minimal + "templates: [\(stars)]\n").templates.count == 30)
    }
}
