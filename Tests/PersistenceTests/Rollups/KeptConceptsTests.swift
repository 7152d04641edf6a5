import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

/// What another precision keeps of the concepts, against numbers worked out by hand.
@Suite struct KeptConceptsTests {
    private let connection: Connection
    private let from: String
    private let to: String

    init() throws {
        connection = try TestDatabase().connect()
        let full = Fixture.analysis("precision")
        var method = full.method
        method.precision = .int8
        let narrow = Analysis(
            model: full.model, classes: full.classes, descriptors: full.descriptors, templates: full.templates,
            descriptorTemplate: full.descriptorTemplate, method: method)
        try AnalysisStore(connection).register(full, name: "fp32")
        try AnalysisStore(connection).register(narrow, name: "int8")
        (from, to) = (full.id, narrow.id)
        try BatchWriter(connection).write(
            WriteBatch(results: [
                row("a", from, vision: [1, 2, 3], mutual: [1, 2], mi: 8),
                row("b", from, vision: [5], mutual: [5], mi: 2),
                row("c", from, vision: [6], mutual: [], mi: 0), row("d", from, vision: [7], mutual: [7], mi: 12),
                row("e", from, vision: [], mutual: [], mi: 0), row("gone", from, vision: [9], mutual: [9], mi: 1),
            ]))
        try BatchWriter(connection).write(
            WriteBatch(results: [
                row("a", to, vision: [2, 3, 4], mutual: [2], mi: 8), row("b", to, vision: [5], mutual: [], mi: 8),
                row("c", to, vision: [6], mutual: [], mi: 0), row("d", to, vision: [7], mutual: [7], mi: 12),
                row("e", to, vision: [], mutual: [], mi: 0), row("came", to, vision: [8], mutual: [], mi: 3),
            ]))
    }

    private func row(
        _ image: Identifier, _ analysis: String, vision: [Int], mutual: [Int], mi: Int64
    ) -> ImageRow {
        let rest = [Int64](repeating: 0, count: vision.count)
        return Fixture.row(
            image, analysisID: analysis,
            findings: Fixture.findings(
                predicted: 0,
                parts: [
                    Fixture.parts(
                        .kmeans, vision: vision, language: mutual, released: [mi * 1_000_000_000] + rest,
                        membership: [0] + rest)
                ]))
    }

    @Test func setsAndRanksAreCompared() throws {
        for (first, second) in [(from, to), (to, from)] {
            let kept = try AnalysisStore(connection).keptConcepts(from: first, to: second)
            try #require(kept.count == 1)
            #expect(kept[0].partMethod == "kmeans" && kept[0].images == 5)
            // 2 of 4, and four that are the same, one of them empty.
            #expect(abs(kept[0].concepts - 0.9) < 1e-12)
            // 1 of 2, 0 of 1, and three that are the same.
            #expect(abs(kept[0].mutual - 0.7) < 1e-12)
            // AUC 2, 1, 0, 6, 0 and 2, 4, 0, 6, 0: ranks 4, 3, 1.5, 5, 1.5 and 3, 4, 1.5, 5, 1.5.
            #expect(abs(try #require(kept[0].released) - 17.0 / 19) < 1e-12)
            // The same for all has no rank.
            #expect(kept[0].membership == nil)
        }
        #expect(try AnalysisStore(connection).keptConcepts(from: from, to: "none").isEmpty)
    }
}
