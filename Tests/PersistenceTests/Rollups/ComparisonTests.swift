import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

/// What a replay changed, against numbers worked out by hand. The second analysis has its classes and its descriptors in
/// another order, as a new revision may.
@Suite struct ComparisonTests {
    private let connection: Connection
    private let from: String
    private let to: String

    init() throws {
        connection = try TestDatabase().connect()
        from = try Fixture.register("from", on: connection)
        let old = Fixture.analysis("from")
        let new = Analysis(
            model: .init(weights: "new", configuration: "c", tokenizer: "t"), classes: old.classes.reversed(),
            descriptors: ["added"] + old.descriptors.reversed(), templates: old.templates,
            descriptorTemplate: old.descriptorTemplate, method: old.method)
        try AnalysisStore(connection).register(new, name: "new")
        to = new.id
        let (oldWriter, newWriter) = (BatchWriter(connection), BatchWriter(connection))
        try oldWriter.write(
            WriteBatch(results: [
                // Class 0, right; wrong; without a label; in the old one alone.
                row("a", from, label: 0, predicted: 0, vision: [1, 2, 3], mutual: [1, 2], mi: 8),
                row("b", from, label: 0, predicted: 4, vision: [5], mutual: [5], mi: 2),
                row("c", from, label: nil, predicted: 1, vision: [6], mutual: [], mi: 0),
                row("gone", from, label: 1, predicted: 1, vision: [6], mutual: [], mi: 0),
            ]))
        // Class k is 5 - k there, descriptor d is 20 - d, and 0 is one that the old bank does not have.
        try newWriter.write(
            WriteBatch(results: [
                // Wrong now; keeps 2 and loses 1, gains 3 and the one that is new.
                row("a", to, label: 5, predicted: 4, vision: [0, 17, 18], mutual: [0, 17, 18], mi: 5),
                // Right now, with the same concepts.
                row("b", to, label: 5, predicted: 5, vision: [15], mutual: [15], mi: 4),
                // The same class under another number: no flip.
                row("c", to, label: nil, predicted: 4, vision: [14], mutual: [14], mi: 1),
                row("came", to, label: 4, predicted: 4, vision: [14], mutual: [], mi: 0),
            ]))
    }

    /// Classes are one by their ids; an image without a label has no part in accuracies.
    @Test func imagesArePaired() throws {
        let paired = try AnalysisStore(connection).pairedImages(from: from, to: to)
        #expect(paired.inBoth == 3 && paired.onlyInFrom == 1 && paired.onlyInTo == 1 && paired.flips == 2)
        #expect(paired.hits == [PairedHits(images: 2, both: 0, onlyBefore: 1, onlyNow: 1)])
        let back = try AnalysisStore(connection).pairedImages(from: to, to: from)
        #expect(back.hits == paired.hits && back.onlyInFrom == 1 && back.flips == 2)
    }

    private func row(
        _ image: Identifier, _ analysis: String, label: Int?, predicted: Int, vision: [Int], mutual: [Int], mi: Int64
    ) -> ImageRow {
        let curve = [mi * 1_000_000_000] + Array(repeating: 0, count: vision.count)
        return Fixture.row(
            image, analysisID: analysis, label: label,
            findings: Fixture.findings(
                predicted: predicted,
                parts: [
                    Fixture.parts(
                        .kmeans, vision: vision, language: mutual, released: curve, membership: curve.map { $0 / 1000 })
                ]))
    }

    private func close(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) < 1e-9 } ?? false }

    @Test func countsAndMeans() throws {
        let rows = try connection.query(
            """
            SELECT scope, class_id, estimator, images_both, images_only_from, images_only_to, flips, flips_to_right,
                flips_to_wrong, concepts_gained, concepts_lost, mean_delta_mi, mean_delta_auc
            FROM entente.compare_analyses($1, $2) WHERE part_method = 'kmeans'
            ORDER BY scope, class_id NULLS LAST, estimator DESC
            """, [.text(from), .text(to)])
        #expect(
            try (0..<rows.count).map { row in
                try "\(rows.text(row, 0)) \(rows.optionalText(row, 1) ?? "-") \(rows.text(row, 2)): "
                    + (3...10).map { "\(try rows.bigint(row, $0))" }.joined(separator: " ")
            } == [
                "all - released: 3 1 1 2 1 1 3 1", "all - membership: 3 1 1 2 1 1 3 1",
                "class n00 released: 2 0 0 2 1 1 2 1", "class n00 membership: 2 0 0 2 1 1 2 1",
                "class n01 released: 0 1 1 0 0 0 0 0", "class n01 membership: 0 1 1 0 0 0 0 0",
                "class - released: 1 0 0 0 0 0 1 0", "class - membership: 1 0 0 0 0 0 1 0",
            ])
        // (5 - 8) + (4 - 2) + (1 - 0) over three; AUCs are MI over the curves' points: 4, 2, 2.
        #expect(try close(rows.optionalDouble(0, 11), 0))
        #expect(try close(rows.optionalDouble(0, 12), ((5 - 8) / 4.0 + (4 - 2) / 2.0 + 1 / 2.0) / 3))
        #expect(try close(rows.optionalDouble(2, 11), -0.5) && close(rows.optionalDouble(3, 11), -0.0005))
        #expect(try rows.optionalDouble(4, 11) == nil)
    }

    @Test func imageByImage() throws {
        let rows = try connection.query(
            """
            SELECT image_id, presence, label, from_predicted, to_predicted, flipped, from_hit, to_hit,
                delta_mi_released, delta_auc_membership, concepts_gained, concepts_lost
            FROM entente.compare_images($1, $2) ORDER BY image_id
            """, [.text(from), .text(to)])
        #expect(try (0..<rows.count).map { try rows.text($0, 0) } == ["a", "b", "c", "came", "gone"])
        #expect(try (0..<5).map { try rows.text($0, 1) } == ["both", "both", "both", "to", "from"])
        #expect(try (0..<5).map { try rows.optionalText($0, 2) } == ["n00", "n00", nil, "n01", "n01"])
        #expect(try (0..<5).map { try rows.optionalText($0, 3) } == ["n00", "n04", "n01", nil, "n01"])
        #expect(try (0..<5).map { try rows.optionalText($0, 4) } == ["n01", "n00", "n01", "n01", nil])
        #expect(try (0..<5).map { try rows.optionalBool($0, 5) } == [true, true, false, nil, nil])
        #expect(try (0..<3).map { try rows.optionalBool($0, 6) } == [true, false, nil])
        #expect(try (0..<3).map { try rows.optionalBool($0, 7) } == [false, true, nil])
        #expect(try close(rows.optionalDouble(0, 8), -3) && close(rows.optionalDouble(0, 9), -3 / 4e3))
        #expect(try rows.texts(0, 10) == ["added", "descriptor 3"] && rows.texts(0, 11) == ["descriptor 1"])
        #expect(try rows.texts(1, 10) == [] && rows.texts(1, 11) == [])
        #expect(try rows.texts(2, 10) == ["descriptor 6"])
        for row in 3..<5 { #expect(try rows.optionalDouble(row, 8) == nil) }
    }

    @Test func viewsAreOfReplaysAndFilterByPair() throws {
        func count(_ view: String) throws -> Int64 {
            try connection.query(
                "SELECT count(*) FROM entente.\(view) WHERE from_analysis = $1 AND to_analysis = $2",
                [.text(from), .text(to)]
            ).bigint(0, 0)
        }
        #expect(try count("replay_comparison") == 0)
        let store = SubmissionStore(connection)
        // Twice, which is one pair; and one of an analysis onto itself, which is none.
        for _ in 0..<2 { _ = try store.create(analysisID: to, kind: .replay, replayedFrom: from) }
        _ = try store.create(analysisID: from, kind: .replay, replayedFrom: from)
        try connection.exec("SET ROLE entente_reader")
        #expect(try count("replay_comparison") == 8)
        #expect(try count("replay_image_comparison") == 5)
        #expect(
            try connection.query("SELECT count(DISTINCT from_analysis || to_analysis) FROM entente.replay_comparison")
                .bigint(0, 0) == 1)
        // A filter must reach the pairs: what is not asked for is not compared.
        let plan = try connection.query(
            """
            EXPLAIN (FORMAT TEXT) SELECT * FROM entente.replay_image_comparison
            WHERE from_analysis = 'x' AND to_analysis = 'y'
            """)
        let lines = try (0..<plan.count).map { try plan.text($0, 0) }
        let (scan, call) = (lines.firstIndex { $0.contains("Scan") }, lines.firstIndex { $0.contains("Function Scan") })
        #expect(try #require(scan) < #require(call), "\(lines)")
        for condition in ["replayed_from = 'x'", "analysis_id = 'y'"] {
            #expect(lines[...(call ?? 0)].contains { $0.contains(condition) }, "\(lines)")
        }
    }
}
