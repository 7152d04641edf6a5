import Concepts
import Inference
import Testing

@testable import Entente
@testable import Jobs

@Suite struct JobSenderTests {
    private struct Listed: OutgoingImages {
        let entries: [OutgoingImage]
        func forEach(_ body: (OutgoingImage) throws -> Void) throws { try entries.forEach(body) }
    }

    private func entry(_ id: Identifier, group: Identifier? = nil, jointKey: [Identifier?]? = nil) throws
        -> OutgoingImage
    {
        OutgoingImage(image: try .init(id: id, uri: "file:///\(id)"), group: group, jointKey: jointKey)
    }

    private let sender = JobSender(analysisID: "0123456789abcdef0123456789abcdef", imagesPerJob: 2)

    private func jobs(_ entries: [OutgoingImage]) throws -> [ImageJob] {
        var jobs: [ImageJob] = []
        try sender.jobs(of: Listed(entries: entries), maximumBytes: 1_000_000) { jobs.append($0) }
        return jobs
    }

    @Test func companyStaysTogetherAndTheRestFills() throws {
        let found = try jobs(
            (0..<3).map { try entry("single \($0)") }
                + (0..<5).map { try entry("a\($0)", group: "a", jointKey: ["a", "1"]) }
                // The same group, decomposed apart.
                + (5..<8).map { try entry("a\($0)", group: "a", jointKey: ["a", "2"]) }
                + [try entry("single 3")] + (0..<300).map { try entry("b\($0)", jointKey: [nil, "3"]) })
        #expect(found.map(\.images.count).sorted() == [2, 2, 3, 5, 44, 256])
        #expect(
            found.filter { $0.group == "a" }.map { $0.images.map(\.id) } == [
                ["a0", "a1", "a2", "a3", "a4"], ["a5", "a6", "a7"],
            ])
        let singles = found.filter { $0.images[0].id.text.hasPrefix("single") }.map { $0.images.map(\.id) }
        #expect(singles == [["single 0", "single 1"], ["single 2", "single 3"]])
    }

    @Test func theBytesOfAnImageAloneAreThoseOfItsJob() throws {
        for entry in [try entry("one"), try entry("two", group: "a group")] {
            var found: ImageJob?
            try sender.jobs(of: Listed(entries: [entry]), maximumBytes: sender.bytesAlone(entry)) { found = $0 }
            let job = try #require(found)
            #expect(job.encoded().count + job.key.text.utf8.count == sender.bytesAlone(entry))
            let failure = #expect(throws: CommandFailure.self) {
                try sender.jobs(of: Listed(entries: [entry]), maximumBytes: sender.bytesAlone(entry) - 1) { _ in }
            }
            #expect(failure?.exit == .badInput)
        }
    }

    private let old: [Analysis.Class] = [
        .init(id: "n1", name: "tench"), .init(id: "n2", name: "crane"), .init(id: "n3", name: "crane"),
    ]

    @Test func labelsFollowTheirClasses() throws {
        let translated = try LabelTranslation(
            labels: ["n1", "tench", "n2", "gryphon"], from: old,
            to: [.init(id: "n2", name: "bird"), .init(id: "n1", name: "fish")])
        #expect(["n1", "tench", "n2", "gryphon"].map { translated($0) } == ["n1", "n1", "n2", "gryphon"])
    }

    @Test func labelsWithoutAClassAreNamed() {
        let failure = #expect(throws: CommandFailure.self) {
            try LabelTranslation(labels: ["n1", "n2", "unknown before"], from: old, to: [old[0]])
        }
        #expect(failure?.exit == .badInput)
        #expect(failure?.description.contains("“n2”") == true)
        #expect(failure?.description.contains("n1") == false && failure?.description.contains("unknown") == false)
    }
}
