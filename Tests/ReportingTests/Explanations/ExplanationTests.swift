import Concepts
import Inference
import Testbed
import Testing

@testable import Reporting

@Suite struct ExplanationTests {
    private static func dynamics(_ nats: [Double], auc: Double) -> Agreement.Dynamics {
        .init(curve: nats.map { NanoNats(nats: $0) }, auc: NanoNats(nats: auc))
    }

    private func part(
        seen: [(Int, Float, [Int])], said: [Int], parts: [Int] = [0, 1, -1, 11, -1, -1],
        flags: [PartFindings.Flag] = [], pValue: Double? = 0.0123
    ) -> PartFindings {
        PartFindings(
            method: .kmeans, gridHeight: 2, gridWidth: 3, parts: parts, boxes: [],
            visionConcepts: seen.map { .init(descriptor: $0.0, relevance: $0.1, parts: $0.2) },
            languageConcepts: said.map { .init(descriptor: $0, similarity: 0.5) },
            agreement: Agreement(
                released: Self.dynamics([7.25, 0], auc: 3.625),
                membership: Self.dynamics([0.000712, 0], auc: 0.000356),
                nmiMax: nil, ami: nil, pValue: pValue),
            flags: flags)
    }

    private func text(_ part: PartFindings, label: Int? = nil, descriptors: [Identifier]? = nil) -> [String] {
        var method = MethodParameters()
        method.parts.by = [.kmeans]
        let analysis = Analysis(
            model: .example, classes: [.init(id: "n1", name: "tench"), .init(id: "n2", name: "crane")],
            descriptors: descriptors ?? ["long legs", "fins", "a very long and pointed beak"], templates: ["{}"],
            descriptorTemplate: "{}", method: method)
        let findings = ImageFindings(
            top: [.init(classIndex: 1, similarity: 0.3125), .init(classIndex: 0, similarity: -0.0625)],
            partMethods: [part])
        let text = Explanation(analysis: analysis).text(image: "dir/x.jpg", label: label, findings: findings)
        #expect(text.hasSuffix("\n"))
        return text.split(separator: "\n").map(String.init)
    }

    /// Class names and descriptors are somebody's file.
    @Test func nothingSpeaksToTheTerminal() {
        let lines = text(
            part(seen: [(0, 0.75, [0]), (1, 0.5, [1])], said: [0]),
            descriptors: ["long\u{1b}[2J\nlegs", "fins\u{202e}", "beak"])
        #expect(lines.contains { $0.contains(#"* long\u{1B}[2J\nlegs  0.750"#) }, "\(lines)")
        #expect(lines.contains { $0.contains(#"fins\u{202E}"#) })
        #expect(!lines.joined().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }

    @Test func readsFromTheWholeToTheParts() {
        let lines = text(part(seen: [(2, 0.75, [0, 2]), (0, 0.5, [1])], said: [0, 1]))
        #expect(
            lines == [
                "dir/x.jpg",
                "  looks like   crane 0.312 · tench -0.062",
                "  kmeans parts",
                "    0 1 ·",
                "    b · ·",
                "  what is seen, most relevant first (* = also said of the class)",
                "    a very long and pointed beak  0.750  part 0,2",
                "  * long legs                     0.500  part 1",
                "  relevance    0.625 on average",
                "  agreement    1 of 2 seen and 2 said",
                "  released     MI 7.250  AUC 3.625 nats",
                "  membership   MI 0.000712  AUC 0.000356 nats  p 0.0123",
            ])
    }

    @Test func severalPartMethodsHaveOneCurveTogether() {
        let analysis = Analysis(
            model: .example, classes: [.init(id: "n1", name: "tench")],
            descriptors: ["long legs", "fins", "beak"], templates: ["{}"], descriptorTemplate: "{}",
            method: MethodParameters())
        let parts = [part(seen: [(2, 0.75, [0])], said: [0]), part(seen: [], said: [])]
        let findings = ImageFindings(top: [.init(classIndex: 0, similarity: 0.25)], partMethods: parts)
        let lines = Explanation(analysis: analysis).text(image: "x.jpg", label: nil, findings: findings)
            .split(separator: "\n").map(String.init)
        #expect(
            lines.suffix(3) == [
                "  mean of kmeans and kmeans",
                "  released     MI 7.250  AUC 3.625 nats",
                "  membership   MI 0.000712  AUC 0.000356 nats",
            ])
    }

    @Test func labelsAreJudged() {
        let findings = part(seen: [], said: [])
        #expect(text(findings, label: 1).contains("  labelled     crane (right)"))
        #expect(text(findings, label: 0).contains("  labelled     tench (wrong)"))
        #expect(!text(findings).contains { $0.contains("labelled") })
    }

    @Test func whatIsUndefinedOrUnusualIsSaid() {
        let lines = text(part(seen: [], said: [], flags: [.noForeground, .partsReduced], pValue: nil))
        #expect(lines.last == "  flags        no_foreground, parts_reduced")
        #expect(!lines.contains { $0.contains("  p ") })
        #expect(lines.contains("  agreement    0 of 0 seen and 0 said"))
    }

    /// Letters are more than code units: none is cut, and the columns stand where the eye expects them.
    @Test func longLettersAreNotCut() {
        let names: [Identifier] = ["👩‍👩‍👧 head", "e\u{301}toile", "plain"]
        let lines = text(part(seen: [(0, 1, [0]), (1, 1, [0]), (2, 1, [0])], said: []), descriptors: names)
        for name in names {
            let line = lines.first { $0.contains(name.text) }
            #expect(line?.hasSuffix("  1.000  part 0") == true, "\(name)")
            #expect(line?.count == 4 + 6 + 7 + 8 || line?.count == 4 + 7 + 7 + 8)
        }
        #expect(Set(lines.filter { $0.hasSuffix("part 0") }.map(\.count)).count == 1)
    }
}
