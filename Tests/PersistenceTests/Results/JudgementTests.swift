import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Persistence

/// Three images of class 0, 0 and none, judged in two steps; numbers worked out by hand.
@Suite struct JudgementTests {
    private let connection: Connection
    private let id: String

    /// Of one image: scores in quarters, right answers, and the same of two draws in random order.
    private struct Judged {
        let image: Identifier
        let label: Int?
        let scores: [Int64], reordered: [Int64]
        let hits: [Int64]
        let foreground: (score: Int64, agrees: Int64, hit: Int64, lost: Int64)
    }

    private static let images = [
        // Areas 1.125 and 1.625; 1.5 right.
        Judged(
            image: "a", label: 0, scores: [4, 2, 1], reordered: [8, 8, 2], hits: [1, 1, 0],
            foreground: (3, 1, 1, 0)),
        // 1.625 twice; half a right one.
        Judged(
            image: "b", label: 0, scores: [4, 3, 3], reordered: [8, 6, 6], hits: [0, 0, 1],
            foreground: (2, 0, 0, 1)),
        // 0.5 a step; who knows.
        Judged(
            image: "c", label: nil, scores: [2, 2, 2], reordered: [4, 4, 4], hits: [], foreground: (1, 1, 0, 0)),
    ]

    private static func curves(_ image: Judged) -> [JudgedCurve] {
        func scores(_ quarters: [Int64]) -> [Int64] { quarters.map { $0 * 250_000_000 } }
        let own = JudgedCurve(
            subject: "kmeans", variant: JudgedCurve.importance, metric: .deletion, points: scores(image.scores))
        let null = JudgedCurve(
            subject: "kmeans", variant: JudgedCurve.randomOrder, metric: .deletion, draws: 2,
            points: scores(image.reordered))
        let shown = image.foreground
        func foreground(_ metric: JudgedCurve.Metric, _ point: Int64, _ difference: Int64?) -> JudgedCurve {
            JudgedCurve(
                subject: JudgedCurve.foreground, variant: "crf", metric: metric, points: [point],
                difference: difference)
        }
        let all = [
            own,
            JudgedCurve(
                subject: null.subject, variant: null.variant, metric: null.metric, draws: 2, points: null.points,
                difference: 2 * own.amount - null.amount),
            foreground(.score, shown.score * 250_000_000, 0), foreground(.agreement, shown.agrees, nil),
        ]
        guard image.label != nil else { return all }
        return all + [
            JudgedCurve(
                subject: "kmeans", variant: JudgedCurve.importance, metric: .accDrop, points: image.hits),
            foreground(.top1, shown.hit, shown.lost),
        ]
    }

    private func row(_ image: Judged, label: Int?, curves: [JudgedCurve]? = nil) -> ImageRow {
        let found = Fixture.findings(
            predicted: 0,
            parts: [
                Fixture.parts(.kmeans, vision: [1], language: [1], released: [6, 0], membership: [2, 0])
            ])
        return Fixture.row(
            image.image, analysisID: id, label: label,
            findings: found.judged(by: curves ?? Self.curves(image)), shard: label ?? 3)
    }

    init() throws {
        connection = try TestDatabase().connect()
        id = try Fixture.register(on: connection)
        let rows = Self.images.map { row($0, label: $0.label) }
        try BatchWriter(connection).write(WriteBatch(results: rows))
    }

    /// Mean and Student's interval of `values`.
    private func expect(_ estimate: IntervalEstimate?, _ values: [Double], _ what: Comment) throws {
        let estimate = try #require(estimate, what)
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let quantile = values.count == 2 ? 12.706_204_736_175 : 4.302_652_729_749
        let half = quantile * (variance / count).squareRoot()
        let (low, high) = (try #require(estimate.low), try #require(estimate.high))
        #expect(abs(estimate.value - mean) < 1e-9, what)
        #expect(abs(low - mean + half) < 1e-7 && abs(high - mean - half) < 1e-7, what)
    }

    @Test func areasStandBesideTheirNulls() throws {
        let lines = try FaithfulnessLine.read(analysisID: id, connection)
        #expect(lines.map(\.metric) == ["deletion", "acc_drop"] && lines.map(\.images) == [3, 2])
        try expect(lines[0].area, [1.125, 1.625, 1], "deletion")
        try expect(lines[0].stepMean, [0.5625, 0.8125, 0.5], "deletion a step")
        try expect(lines[0].randomOrder, [1.625, 1.625, 1], "in random order")
        try expect(lines[0].overRandomOrder, [-0.5, 0, 0], "the difference")
        #expect(lines[0].randomRegions == nil && lines[0].overRandomRegions == nil)
        #expect(zip(lines[0].curve, [2.5 / 3, 1.75 / 3, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
        try expect(lines[1].area, [1.5, 0.5], "acc_drop")
        #expect(lines[1].curve == [0.5, 0.5, 0.5] && lines[1].randomOrder == nil)
        #expect(try Verifier(connection).differences() == [])
    }

    @Test func theForegroundStandsBesideThePicture() throws {
        let line = try #require(try ForegroundLine.read(analysisID: id, connection).first)
        #expect(line.stage == "crf" && line.images == 3 && line.labelled == 2)
        try expect(line.score, [0.75, 0.5, 0.25], "score")
        #expect(line.top1?.value == 0.5 && line.wholeTop1?.value == 1)
        try expect(line.lost, [0, 1], "lost")
        let agreement = try #require(line.agreement)
        // Wilson's of 2 in 3.
        #expect(abs(agreement.value - 2.0 / 3) < 1e-12)
        #expect(abs((agreement.low ?? 0) - 0.207_655) < 1e-5 && abs((agreement.high ?? 0) - 0.938_508) < 1e-5)
    }

    @Test func classesAndImagesHaveTheirOwn() throws {
        let rows = try connection.query(
            """
            SELECT class_id, variant, metric, images, area FROM entente.class_faithfulness WHERE analysis_id = $1
            ORDER BY metric, variant
            """, [.text(id)])
        let found = try (0..<rows.count).map { row in
            "\(try rows.text(row, 0)) \(try rows.text(row, 1)) \(try rows.text(row, 2)) \(try rows.bigint(row, 3)) "
                + "\(try rows.double(row, 4))"
        }
        #expect(
            found == [
                "n00 importance acc_drop 2 1.0", "n00 importance deletion 2 1.375",
                "n00 random_order deletion 2 1.625",
            ])
        var cells: [[String?]] = []
        try ImageJudgementExport(connection, analysisID: id).forEachRow { cells.append($0) }
        #expect(cells.count == 6 + 6 + 4)
        #expect(
            cells.first { $0[1] == "a" && $0[3] == "random_order" }
                == [id, "a", "kmeans", "random_order", "deletion", "n00", "2", "1 1 0.25", "1.625", "0.8125", "-0.5"])
        #expect(
            cells.first { $0[1] == "c" && $0[4] == "agreement" }
                == [id, "c", "foreground", "crf", "agreement", nil, "1", "1", "1", nil, nil])
        var objects: [String] = []
        try ImageJudgementExport(connection, analysisID: id).forEachObject { objects.append($0) }
        #expect(objects.count == cells.count)
        #expect(objects.contains { $0.contains(#""draws":2,"curve":[1,1,0.25],"area":1.625"#) }, "\(objects)")
        let columns = try connection.query(
            """
            SELECT attname::text FROM pg_attribute WHERE attrelid = 'entente.image_judgements'::regclass AND attnum > 0
                AND attname <> 'curve_text'
            ORDER BY attnum
            """)
        #expect(try (0..<columns.count).map { try columns.text($0, 0) } == ImageJudgementExport.columns)
    }

    /// Whoever sends an image again may have no label for it, or another: nothing of the label of before is left.
    @Test func aForcedRowTakesTheLabelsCurvesAlong() throws {
        let submissions = SubmissionStore(connection)
        let writer = BatchWriter(connection)
        func force(_ label: Int?, _ curves: [JudgedCurve]) throws {
            let submission = try submissions.create(analysisID: id, kind: .submit, force: true)
            var forced = row(Self.images[0], label: label, curves: curves)
            (forced.submissionID, forced.force) = (submission.id, true)
            try writer.write(WriteBatch(results: [forced]))
            #expect(try Verifier(connection).differences() == [])
        }
        let all = Self.curves(Self.images[0])
        try force(nil, all.filter { $0.metric != .accDrop && $0.metric != .top1 })
        let unlabelled = try FaithfulnessLine.read(analysisID: id, connection)
        #expect(unlabelled.map(\.images) == [3, 1])
        #expect(try ForegroundLine.read(analysisID: id, connection).first?.labelled == 1)
        try force(4, all)
        #expect(try FaithfulnessLine.read(analysisID: id, connection).map(\.images) == [3, 2])
        let classes = try connection.query(
            "SELECT DISTINCT class_index::integer FROM entente.class_faithfulness WHERE analysis_id = $1 ORDER BY 1",
            [.text(id)])
        #expect(try (0..<classes.count).map { try classes.int($0, 0) } == [0, 4])
    }

    /// The first row wins with all that is its own.
    @Test func aRowThatComesAgainChangesNothing() throws {
        let before = try FaithfulnessLine.read(analysisID: id, connection).map(\.area)
        let other = Self.curves(Self.images[1])
        try BatchWriter(connection).write(
            WriteBatch(results: [row(Self.images[0], label: Self.images[0].label, curves: other)]))
        #expect(try FaithfulnessLine.read(analysisID: id, connection).map(\.area) == before)
        #expect(try Verifier(connection).differences() == [])
    }
}
