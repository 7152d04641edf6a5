import Concepts
import Inference
import Testbed
import Testing

@testable import Analyzing
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

    /// Lists of classes come in editions; the bank is their descriptors, whatever they are called.
    @Test func keysWithoutAClassAreWarnedOfAndStay() throws {
        let bank = try #require(
            try read(
                #"{"crane": ["a"], "n1": ["b"], "trout": ["c", "a"], "N1": ["d"], "tench": ["e"], "other": ["f"]}"#
            ).bank)
        #expect(bank.descriptors == ["a", "b", "c", "d", "e", "f"])
        #expect(bank.perClass == [0: [1], 3: [4]])
        try #require(bank.warnings.count == 1)
        let text = bank.warnings[0].message
        #expect(
            text.hasPrefix(
                "4 keys bind to no class; the descriptors are in the bank all the same: “crane” is the name of"))
        for words in ["“trout” is no class", "“N1” is no class", "“other” names a class that has a list"] {
            #expect(text.contains(words), "\(text)")
        }
        #expect(try read(#"{"n1": ["a"], "n2": ["a"]}"#).bank?.warnings.isEmpty == true)
    }

    @Test func aThousandOfAKindAreOneSentence() throws {
        let keys = (0..<1000).map { "\"class \($0)\": [\"a\"]" }.joined(separator: ",")
        let warnings = try #require(try read("{\(keys)}").bank).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.message.hasPrefix("1000 keys bind to no class") == true)
        #expect(warnings.first?.message.hasSuffix("and 995 more.") == true)
        for entry in ["7", "\"\"", "\"\\u0000\"", "\" \\t\""] {
            let problems = try read("[" + Array(repeating: entry, count: 1000).joined(separator: ",") + "]").problems
            #expect(problems.count == 1 && problems.first?.hasSuffix("and 995 more.") == true, "\(problems.prefix(3))")
        }
    }

    @Test(arguments: [" ", "\\n", "\\u00a0 ", "\\u3000", "\\t \\r"]) func blankDescriptorsAreRefused(text: String)
        throws
    {
        let problems = try read("{\"n1\": [\"a\", \"\(text)\"]}").problems
        #expect(problems.count == 1 && problems.first?.contains("“n1” holds a blank string") == true, "\(problems)")
    }

    /// Case, white space at the ends and between, entities: what the model's own text cleaning makes equal.
    @Test func descriptorsThatReadAlikeAreWarnedOf() throws {
        let tokenizer = try ModelDirectory(Checkout.demo + "/model").tokenizer()
        func warning(_ descriptors: [String]) -> String? {
            AnalysisFile.likeness(of: descriptors, template: "a photo showing {}", tokenizer)
        }
        #expect(warning(["a red tail", "a long nose", "a red nose"]) == nil)
        let one = warning(["a red tail", "a long nose", "A  red tail "])
        #expect(
            one
                == "1 descriptor reads like another to the model's tokenizer, and counts apart: “A  red tail ” as “a red tail”."
        )
        let many = warning(["x"] + (1...9).map { String(repeating: " ", count: $0) + "X" })
        #expect(many?.hasPrefix("9 descriptors read like others") == true && many?.hasSuffix("and 4 more.") == true)
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
        ("5", "not a number"), ("", "not JSON"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "it is a Git LFS pointer"),
        ("<!doctype html><body>", "it is an HTML page"), (#"{"n1": ["a"], "n1": ["b"]}"#, "occurs twice"),
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
