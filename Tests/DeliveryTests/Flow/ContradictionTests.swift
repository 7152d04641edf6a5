import Analyzing
import Concepts
import Inference
import Persistence
import Testing

@testable import Delivery

@Suite struct ContradictionTests {
    private static let classes = ClassIndex([
        .init(id: "n1", name: "owl"), .init(id: "n2", name: "newt"), .init(id: "n3", name: "newt"),
        .init(id: "\u{E9}", name: "composed"), .init(id: "e\u{301}", name: "decomposed"),
    ])

    private static func found(_ known: StandingImage, _ label: Identifier?, sha256: String? = nil) -> Contradiction? {
        Contradiction(known, label: label, sha256: sha256, classes)
    }

    @Test func whatIsAnnouncedKeepsItsLabel() {
        let known = StandingImage(state: .pending, label: "n1", sha256: "ab")
        #expect(Self.found(known, "n1") == nil)
        #expect(Self.found(known, "owl") == nil, "the same class by its name")
        #expect(Self.found(known, "n2") == .label(known: "n1", given: "n2"))
        #expect(Self.found(known, nil) == .label(known: "n1", given: nil))
        #expect(Self.found(StandingImage(state: .pending), "n1") == .label(known: nil, given: "n1"))
        #expect(
            Self.found(StandingImage(state: .pending, label: "newt"), "newt") == nil, "what fails, fails as what it is")
        #expect(Self.found(StandingImage(state: .pending, label: "\u{E9}"), "e\u{301}") != nil)
    }

    @Test func whatIsDoneKeepsItsClass() {
        let known = StandingImage(state: .done, result: .ofImage, label: "owl", labelIndex: 0)
        #expect(Self.found(known, "n1") == nil)
        #expect(Self.found(known, "n3") == .label(known: "owl", given: "n3"))
        #expect(Self.found(known, "gryphon") == .label(known: "owl", given: "gryphon"))
        let unlabelled = StandingImage(state: .done, result: .ofImage)
        #expect(Self.found(unlabelled, nil) == nil)
        #expect(Self.found(unlabelled, "gryphon") != nil)
    }

    @Test func contentsAreComparedWhereBothAreTold() {
        let known = StandingImage(state: .done, result: .ofImage, label: "n1", labelIndex: 0, sha256: "ab")
        #expect(Self.found(known, "n1", sha256: "ab") == nil)
        #expect(Self.found(known, "n1", sha256: "cd") == .contents(known: "ab", given: "cd"))
        #expect(Self.found(StandingImage(state: .pending, label: "n1"), "n1", sha256: "cd") == nil)
    }

    @Test func ofWhatFailedOrIsUnknownNothingStands() {
        for known in [StandingImage(), StandingImage(state: .failed, label: "n2", sha256: "ab")] {
            #expect(Self.found(known, "n1", sha256: "cd") == nil)
        }
    }

    @Test func sentencesNameWhatDiffersAndSpeakToNoTerminal() {
        let label = Contradiction.label(known: "n1", given: "n2\u{1B}[2J").description
        #expect(label.contains("“n1”") && label.contains("n2") && !label.contains("\u{1B}"))
        let contents = Contradiction.contents(known: "0123456789abcdef", given: "fedcba9876543210").description
        #expect(contents.contains("0123456789ab…") && contents.contains("fedcba987654…"))
    }
}
