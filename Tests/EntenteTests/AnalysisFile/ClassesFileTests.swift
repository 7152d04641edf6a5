import Concepts
import Inference
import Testbed
import Testing

@testable import Analyzing
@testable import Entente
@testable import Settings

@Suite struct ClassesFileTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func read(_ json: String) throws -> (classes: [Analysis.Class]?, problems: [String]) {
        var problems: [Problem] = []
        let classes = ClassesFile.read(try folder.write(json, to: "classes.json"), problems: &problems)
        #expect(problems.allSatisfy { $0.file == folder("classes.json") })
        #expect((classes == nil) == !problems.isEmpty)
        return (classes, problems.map(\.message))
    }

    @Test func orderOfTheFileIsKept() throws {
        let read = try read(#"[{"name": "tench", "id": "n2"}, {"id": "n1", "name": "crane", "more": 1}]"#)
        #expect(read.classes == [.init(id: "n2", name: "tench"), .init(id: "n1", name: "crane")])
    }

    @Test func namesMayRepeatAndIDsMayNot() throws {
        #expect(try read(#"[{"id": "a", "name": "crane"}, {"id": "b", "name": "crane"}]"#).problems == [])
        let twice = try read(#"[{"id": "a", "name": "x"}, {"id": "b", "name": "y"}, {"id": "a", "name": "z"}]"#)
        #expect(twice.problems == ["The class id “a” stands twice."])
    }

    @Test func everyBadEntryIsNamed() throws {
        let problems = try read(
            #"[7, {"id": "a"}, {"name": "b"}, {"id": "", "name": ""}, {"id": 5, "name": null}, {"id": "c", "name": "d"}]"#
        ).problems
        #expect(problems.count == 7, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("Entry 0 is a number") })
        #expect(problems.contains { $0.hasPrefix("Entry 1 needs") && $0.contains("`name`") })
        #expect(problems.contains { $0.hasPrefix("Entry 2 needs") && $0.contains("`id`") })
        for field in ["`id`", "`name`"] {
            #expect(problems.contains { $0.hasPrefix("Entry 3 needs") && $0.contains(field) })
            #expect(problems.contains { $0.hasPrefix("Entry 4 needs") && $0.contains(field) })
        }
        #expect(!problems.contains { $0.contains("Entry 5") })
    }

    /// Lists of another layout have one thing wrong with them.
    @Test(arguments: [
        ("\"tench\"", "{\"id\", \"name\"} objects", "0 (a string)"),
        ("{\"key\": \"n1\", \"name\": \"x\"}", "`id`", "0, 1"),
        ("{\"id\": \"n1\", \"name\": \"x\"}", "twice", "“n1”"),
        ("{\"id\": \"a\\u0001\", \"name\": \"x\"}", "control", "0, 1"),
    ]) func aThousandOfAKindAreOneSentence(entry: String, says: String, names: String) throws {
        let problems = try read("[" + Array(repeating: entry, count: 1003).joined(separator: ",") + "]").problems
        #expect((1...2).contains(problems.count), "\(problems)")
        let sentence = problems.first { $0.contains(says) && $0.contains(names) } ?? ""
        #expect(sentence.contains(" and 99") && sentence.hasSuffix(" more."), "\(problems)")
        #expect(sentence.utf8.count < 400)
    }

    /// An id is what images are labelled with, so it has to fit an image job and a table.
    @Test func idsAndNamesMustBeStorable() throws {
        let long = String(repeating: "x", count: 513)
        let problems = try read(
            #"[{"id": "a\tb", "name": "x"}, {"id": "\#(long)", "name": "x"}, {"id": "c", "name": "\u0000"}]"#
        ).problems
        #expect(problems.count == 3, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("Entry 0") && $0.contains("control character") })
        #expect(problems.contains { $0.hasPrefix("Entry 1") && $0.contains("512") })
        #expect(problems.contains { $0.hasPrefix("Entry 2") && $0.contains("U+0000") })
    }

    @Test(arguments: [
        (#"{"a": "b"}"#, "not an object"), ("[]", "at least one class"), ("", "not JSON"),
        (#"[{"id": "a", "id": "b", "name": "x"}]"#, "occurs twice"), ("[1,]", "at byte 3"),
    ]) func unusableFiles(json: String, says: String) throws {
        let problems = try read(json).problems
        #expect(problems.contains { $0.contains(says) }, "\(problems)")
    }

    @Test func indexFindsIDsBeforeUniqueNames() {
        let index = ClassIndex([
            .init(id: "n1", name: "tench"), .init(id: "n2", name: "crane"), .init(id: "n3", name: "crane"),
            .init(id: "tench", name: "n1"), .init(id: "n5", name: "crane"),
        ])
        func found(_ label: String) -> Int? { try? index.find(Identifier(label)).get() }
        // “n1” is an id and a name of another class, “tench” likewise.
        #expect(found("n1") == 0)
        #expect(found("tench") == 3)
        #expect(found("n2") == 1)
        #expect(index.find("crane") == .failure(.ambiguous))
        #expect(index.find("Crane") == .failure(.unknown))
        #expect(index.find("") == .failure(.unknown))
    }
}
