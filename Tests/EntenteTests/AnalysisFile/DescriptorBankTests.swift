import Concepts
import Testbed
import Testing

@testable import Entente
@testable import Settings

@Suite struct DescriptorBankTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private static let classes = [
        Analysis.Class(id: "n1", name: "tench"), .init(id: "n2", name: "crane"), .init(id: "n3", name: "crane"),
        .init(id: "tench", name: "other"),
    ]

    private func read(
        _ json: String, classes: [Analysis.Class] = Self.classes
    ) throws -> (bank: DescriptorBankFile?, problems: [String]) {
        var problems: [Problem] = []
        let bank = DescriptorBankFile(
            path: try folder.write(json, to: "descriptors.json"), classes: classes, problems: &problems)
        #expect((bank == nil) == !problems.isEmpty)
        return (bank, problems.map(\.message))
    }

    @Test func numbersFollowTheFirstOccurrenceInTheFile() throws {
        // Neither the order of the classes nor of the alphabet.
        let bank = try #require(
            try read(#"{"n3": ["z", "a"], "n1": ["m", "z", "m", "b"], "n2": []}"#).bank)
        #expect(bank.descriptors == ["z", "a", "m", "b"])
        #expect(bank.perClass == [2: [0, 1], 0: [2, 0, 2, 3], 1: []])
    }

    @Test func plainArraysBelongToNoClass() throws {
        let bank = try #require(try read(#"["b", "a", "b", "c"]"#).bank)
        #expect(bank.descriptors == ["b", "a", "c"])
        #expect(bank.perClass.isEmpty)
    }

    /// As to the reference, two spellings of one letter are two descriptors.
    @Test func descriptorsAreComparedByBytes() throws {
        let bank = try #require(try read("[\"\u{e9}\", \"e\u{301}\", \"A\", \"a\", \"a \"]").bank)
        #expect(bank.descriptors.count == 5)
    }

    @Test func keysBindByIDThenByUniqueName() throws {
        // “tench” is class 3's id before it is class 0's name.
        let bank = try #require(
            try read(
                #"{"tench": ["a"], "other": ["b"]}"#,
                classes: [
                    .init(id: "n1", name: "tench"), .init(id: "tench", name: "x"), .init(id: "n9", name: "other"),
                ]
            ).bank)
        #expect(bank.perClass == [1: [0], 2: [1]])
    }

    @Test func everyUnknownOrAmbiguousKeyIsNamed() throws {
        let problems = try read(#"{"crane": ["a"], "n1": ["b"], "trout": ["c"], "N1": ["d"]}"#).problems
        try #require(problems.count == 3, "\(problems)")
        #expect(problems[0].hasPrefix("“crane” is the name of several classes"))
        #expect(problems[1].hasPrefix("“trout” is no class of this analysis"))
        #expect(problems[2].hasPrefix("“N1” is no class of this analysis"))
        #expect(problems.allSatisfy { $0.contains("class ids") })
    }

    @Test func aThousandOfAKindAreOneSentence() throws {
        let keys = (0..<1000).map { "\"class \($0)\": [\"a\"]" }.joined(separator: ",")
        let unknown = try read("{\(keys)}").problems
        #expect(unknown.count == 1, "\(unknown.prefix(3))")
        #expect(
            unknown.first?.contains("“class 0”, “class 1”") == true && unknown.first?.hasSuffix("and 995 more.") == true
        )
        for entry in ["7", "\"\"", "\"\\u0000\""] {
            let problems = try read("[" + Array(repeating: entry, count: 1000).joined(separator: ",") + "]").problems
            #expect(problems.count == 1 && problems.first?.hasSuffix("and 995 more.") == true, "\(problems.prefix(3))")
        }
    }

    @Test func aClassGetsItsListOnce() throws {
        let problems = try read(#"{"tench": ["a"], "other": ["b"]}"#).problems
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("“other” names a class that already has descriptors") == true)
    }

    @Test func whatIsNoStringIsNamed() throws {
        let problems = try read(#"{"n1": ["a", 5, ""], "n2": "b", "n3": [null], "tench": ["\u0000"]}"#).problems
        #expect(problems.count == 5, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("“n1” holds a number") })
        #expect(problems.contains { $0.hasPrefix("“n1” holds an empty string") })
        #expect(problems.contains { $0.hasPrefix("“n2” has to be an array of strings, not a string") })
        #expect(problems.contains { $0.hasPrefix("“n3” holds null") })
        #expect(problems.contains { $0.hasPrefix("“tench”") && $0.contains("U+0000") })
    }

    @Test(arguments: [
        ("{}", "at least one descriptor"), ("[]", "at least one descriptor"), (#"{"n1": []}"#, "at least one"),
        ("5", "not a number"), ("", "not JSON"), (#"{"n1": ["a"], "n1": ["b"]}"#, "occurs twice"),
    ]) func unusableFiles(json: String, says: String) throws {
        let problems = try read(json).problems
        #expect(problems.count == 1)
        #expect(problems.first?.contains(says) == true, "\(problems)")
    }

    /// Every key would look unknown; one reason is enough.
    @Test func withoutClassesKeysAreNotBlamed() throws {
        let bank = try #require(try read(#"{"n1": ["a"], "nobody": ["b"]}"#, classes: []).bank)
        #expect(bank.perClass.isEmpty)
    }

    @Test func problemsOfBothFilesComeTogether() throws {
        let problems = try AnalysisFixture(classes: "[]", descriptors: #"{"n1": [7]}"#).problems(
            AnalysisFixture.minimal)
        #expect(Set(problems.map(\.file)) == ["classes.json", "descriptors.json"])
        #expect(problems.count == 2, "\(problems)")
    }
}
