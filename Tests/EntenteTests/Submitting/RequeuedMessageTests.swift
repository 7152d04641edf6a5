import Concepts
import Inference
import Testing

@testable import Entente
@testable import Jobs
@testable import Persistence

@Suite struct RequeuedMessageTests {
    private static let analysis = "0123456789abcdef0123456789abcdef"

    private func job(_ ids: [String], group: String? = nil) throws -> ImageJob {
        try ImageJob(
            analysis: Self.analysis, submission: "s", force: true, group: group.map { Identifier($0) },
            images: ids.map { try .init(id: Identifier($0), uri: "file:///\($0)?token=hush", label: "n", sha256: nil) })
    }

    private func letter(_ value: [UInt8]?, failed: [String]) -> StoredDeadLetter {
        StoredDeadLetter(
            letter: DeadLetter(
                source: .init(topic: "jobs", partition: 0, offset: 1), key: Array("k".utf8), value: value,
                headers: [.init(name: Array("h".utf8), value: [0xff])], reason: "r"),
            failures: failed.map {
                .init(analysisID: Self.analysis, imageID: Identifier($0), kind: "not_found", message: "m", attempts: 1)
            }, isPublished: true, writtenAt: "2026-01-02T03:04:05Z", requeuedAt: nil, requeueCount: 0,
            withheld: nil)
    }

    @Test func onlyWhatFailedAndHasNoResultGoes() throws {
        let whole = try job(["a", "b", "c", "d"], group: "g")
        let letter = letter(whole.encoded(), failed: ["b", "c"])
        #expect(
            RequeuedMessage(letter, unresolved: ["c"], decomposition: .image) == .images(try job(["c"], group: "g")))
        #expect(
            RequeuedMessage(letter, unresolved: ["b", "c"], decomposition: .image)
                == .images(try job(["b", "c"], group: "g")))
        #expect(RequeuedMessage(letter, unresolved: [], decomposition: .image) == .nothingToDo)
    }

    @Test func aGroupGoesWhole() throws {
        let letter = letter(try job(["a", "b"], group: "g").encoded(), failed: ["b"])
        #expect(RequeuedMessage(letter, unresolved: ["b"], decomposition: .group) == .whole)
        #expect(RequeuedMessage(letter, unresolved: [], decomposition: .group) == .nothingToDo)
    }

    @Test func whatFailedWholeGoesWhole() throws {
        #expect(RequeuedMessage(letter(nil, failed: [""]), unresolved: [], decomposition: nil) == .whole)
        #expect(RequeuedMessage(letter([0x7b], failed: [""]), unresolved: [], decomposition: .image) == .whole)
        #expect(RequeuedMessage(letter([0x7b], failed: []), unresolved: [], decomposition: .image) == .whole)
        // An id that the tables cut short is in no job.
        let letter = letter(try job(["a", "b"]).encoded(), failed: ["a…1234"])
        #expect(RequeuedMessage(letter, unresolved: ["a…1234"], decomposition: .image) == .whole)
    }

    @Test func aLetterIsShownWithoutWhatMustNotBe() throws {
        let shown = DeadLetterDescription(letter(try job(["a"]).encoded(), failed: ["a"]))
        #expect(shown.job?.images.map(\.uri) == ["file:///a"])
        #expect(shown.key == "k" && shown.headers.map(\.value) == ["0xff"])
        #expect(!shown.text.contains("hush"))
        for named in ["jobs/0/1", "not_found", "file:///a", "never", Self.analysis] {
            #expect(shown.text.contains(named), "\(shown.text)")
        }
        let broken = DeadLetterDescription(letter([0xff, 0xfe], failed: [""]))
        #expect(broken.job == nil && broken.text.contains("2 bytes are no image job"))
        #expect(broken.text.contains("(the whole job)"))
    }
}
