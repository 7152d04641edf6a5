import Testing

@testable import Settings

@Suite struct ProblemTests {
    @Test func manyAreCounted() {
        let problems = (1...2345).map { Problem(file: "a.yaml", line: $0, message: "No.") }
        let lines = InvalidAnalysis(problems: problems).description.split(separator: "\n")
        #expect(lines.count == 21)
        #expect(lines[0] == "a.yaml:1: No." && lines[20] == "and 2325 more problems")
        #expect(SettingsError(problems).description.split(separator: "\n").count == 21)
        #expect(Problem.list(Array(problems.prefix(20))).split(separator: "\n").count == 20)
    }

    @Test func oneIsALineOfBoundedLength() {
        let problem = Problem(
            file: "a\n\u{1b}[2Jb", line: nil, message: "x\ny" + String(repeating: "z", count: 1 << 20))
        #expect(problem.description.hasPrefix("a\\n\\u{1B}[2Jb: x\\nyzzz"))
        #expect(problem.description.utf8.count < 1100)
    }

    @Test func aKindIsToldOnce() {
        var kinds = ProblemKinds()
        #expect(kinds.isEmpty && kinds.messages == [])
        for index in 0..<1000 {
            kinds.add("These are odd", item: "\(index)", "\(index) is odd.")
            if index < 3 { kinds.add("These are even", item: "\(index)", "\(index) is even.") }
            if index < 4 { kinds.add("These are none", item: "\(index)", "\(index) is none.") }
        }
        #expect(
            kinds.messages == [
                "These are odd: 0, 1, 2, 3, 4 and 995 more.", "0 is even.", "1 is even.", "2 is even.",
                "These are none: 0, 1, 2, 3.",
            ])
    }
}
