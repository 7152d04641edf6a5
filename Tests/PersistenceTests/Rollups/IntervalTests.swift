import Foundation
import Testbed
import Testing

@testable import Persistence

/// 95 % intervals of the views: the formulas against SciPy's, and the views against the rows.
@Suite struct IntervalTests {
    /// What `tools/golden/intervals.py` writes.
    private struct Golden: Decodable {
        struct Mean: Decodable {
            let values: [Int64]
            let low, high: Double
        }
        struct Share: Decodable {
            let hits, count: Int64
            let low, high: Double
        }
        struct Quantile: Decodable {
            let freedom: Int64
            let quantile: Double
        }
        let means: [Mean]
        let shares: [Share]
        let quantiles: [Quantile]
    }

    private static let golden = Result {
        try JSONDecoder().decode(
            Golden.self,
            from: Data(contentsOf: URL(filePath: Checkout.root + "/Tests/PersistenceTests/Golden/intervals.json")))
    }

    private let connection: Connection

    init() throws { connection = try TestDatabase().connect() }

    @Test func quantilesAreSciPys() throws {
        for golden in try Self.golden.get().quantiles {
            // Values that are 1 apart from their mean in the mean square of n (n - 1), so that the quantile is left.
            let count = golden.freedom + 1
            let found = try connection.query(
                "SELECT entente.half_width(0, $1::bigint::numeric * ($1 - 1), $1)", [.bigint(count)]
            ).double(0, 0)
            #expect(abs(found / golden.quantile - 1) < 2e-8, "\(golden.freedom): \(found), not \(golden.quantile)")
        }
    }

    @Test func meansAreSciPys() throws {
        for golden in try Self.golden.get().means {
            let rows = try connection.query(
                """
                SELECT (s.total / s.count)::double precision, entente.half_width(s.total, s.squares, s.count)
                FROM (SELECT sum(x) AS total, sum(x::numeric * x) AS squares, count(*) AS count
                    FROM unnest($1::bigint[]) AS u (x)) AS s
                """, [.bigints(golden.values)])
            let (mean, half) = (try rows.double(0, 0), try rows.double(0, 1))
            // SciPy's own last digits beside seven thousand million.
            let allowed = 3e-8 * (golden.high - golden.low) + 4e-6
            #expect(abs(mean - half - golden.low) < allowed, "\(golden.values.count) values: \(mean) ± \(half)")
            #expect(abs(mean + half - golden.high) < allowed, "\(golden.values.count) values: \(mean) ± \(half)")
        }
    }

    @Test func sharesAreSciPys() throws {
        for golden in try Self.golden.get().shares {
            let rows = try connection.query(
                "SELECT entente.share_low($1, $2), entente.share_high($1, $2)",
                [.bigint(golden.hits), .bigint(golden.count)])
            let (low, high) = (try rows.double(0, 0), try rows.double(0, 1))
            #expect(abs(low - golden.low) < 1e-12 && abs(high - golden.high) < 1e-12, "\(golden): \(low), \(high)")
            #expect(golden.hits > 0 || low == 0)
            #expect(golden.hits < golden.count || high == 1)
        }
    }

    @Test func whereThereIsNothingToSpreadThereIsNoInterval() throws {
        let rows = try connection.query(
            """
            SELECT entente.half_width(0, 0, 0), entente.half_width(7, 49, 1), entente.half_width(14, 98, 2),
                entente.share_low(0, 0), entente.share_high(0, 0), entente.half_width(14, 90, 2)
            """)
        #expect(try [0, 1, 3, 4].allSatisfy { try rows.optionalDouble(0, $0) == nil })
        #expect(try rows.double(0, 2) == 0)
        // Sums that no rows have are for `entente verify` to name, and no reason to show nothing at all.
        #expect(try rows.double(0, 5) == 0)
    }

    /// After each change, and before the next: of every class in both roles, and of the whole analysis.
    @Test(arguments: [5, 6] as [UInt64]) func viewsSayWhatTheRowsDo(seed: UInt64) throws {
        var rng = Seeded(seed)
        let id = try Fixture.register(on: connection)
        let writer = BatchWriter(connection)
        let submissions = SubmissionStore(connection)
        var compared = 0
        for step in 0..<6 {
            var rows = (0..<12).map { _ in
                Fixture.randomRow("image \(Int.random(in: 0..<40, using: &rng))", analysisID: id, &rng)
            }
            if step % 2 == 1 {
                let force = try submissions.create(analysisID: id, kind: .submit, force: true)
                for index in rows.indices { (rows[index].submissionID, rows[index].force) = (force.id, true) }
            }
            try writer.write(WriteBatch(results: rows))
            if step == 3 {
                try connection.exec(
                    "DELETE FROM entente.image_results WHERE image_id IN ('image 1', 'image 2', 'image 3')")
            }
            compared += try expectClasses(step) + expectWhole(step)
        }
        #expect(compared > 500)
    }

    private func expectClasses(_ step: Int) throws -> Int {
        var compared = 0
        for (role, column) in [("label", "label"), ("prediction", "predicted")] {
            for (mean, value) in [
                ("mi_released", "mi_released"), ("auc_released", "auc_released"), ("mi_membership", "mi_membership"),
                ("auc_membership", "auc_membership"), ("vision_concepts", "vision_count"),
                ("mutual_concepts", "overlap"),
            ] {
                compared += try expectMeans(
                    """
                    SELECT v.\(mean), v.\(mean)_low, v.\(mean)_high, avg(s.\(value)::double precision), var_samp(s.\(value)::double precision),
                        count(*)
                    FROM entente.class_summary AS v JOIN entente.image_scores AS s
                        ON s.analysis_id = v.analysis_id AND s.part_method = v.part_method AND s.\(column) = v.class_id
                    WHERE v.class_role = '\(role)' GROUP BY v.class_id, v.part_method, 1, 2, 3
                    """, "\(role), \(mean), step \(step)")
            }
        }
        return compared
    }

    private func expectWhole(_ step: Int) throws -> Int {
        var compared = 0
        for (mean, value) in [
            ("mi", "CASE v.estimator WHEN 'released' THEN s.mi_released ELSE s.mi_membership END"),
            ("auc", "CASE v.estimator WHEN 'released' THEN s.auc_released ELSE s.auc_membership END"),
            (
                "auc_padded",
                """
                (SELECT sum(CASE v.estimator WHEN 'released' THEN c.mi_released ELSE c.mi_membership END) / v.longest_curve
                    FROM entente.image_curves AS c
                    WHERE (c.analysis_id, c.image_id, c.part_method) = (s.analysis_id, s.image_id, s.part_method))
                """
            ),
            ("vision_concepts", "s.vision_count"), ("mutual_concepts", "s.overlap"),
        ] {
            for view in ["analysis_summary", "model_comparison"] {
                guard view == "analysis_summary" || !mean.hasSuffix("_concepts") else { continue }
                let source =
                    view == "analysis_summary"
                    ? "entente.analysis_summary AS v"
                    : """
                    (SELECT m.*, a.longest_curve FROM entente.model_comparison AS m
                        JOIN entente.analysis_summary AS a USING (analysis_id, part_method, estimator)) AS v
                    """
                compared += try expectMeans(
                    """
                    SELECT v.\(mean), v.\(mean)_low, v.\(mean)_high, avg((\(value))::double precision), var_samp((\(value))::double precision),
                        count(*)
                    FROM \(source) JOIN entente.image_scores AS s
                        ON s.analysis_id = v.analysis_id AND s.part_method = v.part_method
                    GROUP BY v.part_method, v.estimator, 1, 2, 3
                    """, "\(view), \(mean), step \(step)")
            }
        }
        // A mean over part methods is no mean of independent draws.
        let none = try connection.query(
            """
            SELECT count(*) FROM entente.model_comparison
            WHERE part_method = 'mean' AND coalesce(mi_low, mi_high, auc_low, auc_high, auc_padded_low, auc_padded_high) IS NOT NULL
            """)
        #expect(try none.bigint(0, 0) == 0)
        return compared
    }

    /// - Parameter sql: gives mean and bounds, then mean and variance of the rows' values, and how many these are.
    private func expectMeans(_ sql: String, _ place: String) throws -> Int {
        let quantiles = try Dictionary(
            uniqueKeysWithValues: Self.golden.get().quantiles.map { ($0.freedom, $0.quantile) })
        let rows = try connection.query(sql)
        for row in 0..<rows.count {
            let (mean, count) = (try rows.double(row, 3), try rows.bigint(row, 5))
            let allowed = 1e-7 * max(mean, 1)
            #expect(try abs(rows.double(row, 0) - mean) < allowed, "\(place)")
            guard count > 1 else {
                #expect(try rows.optionalDouble(row, 1) == nil && rows.optionalDouble(row, 2) == nil, "\(place)")
                continue
            }
            let quantile = try #require(quantiles[count - 1])
            let half = try quantile * (rows.double(row, 4) / Double(count)).squareRoot()
            #expect(try abs(rows.double(row, 1) - (mean - half)) < allowed, "\(place), of \(count)")
            #expect(try abs(rows.double(row, 2) - (mean + half)) < allowed, "\(place), of \(count)")
        }
        return rows.count
    }
}
