import Testing

@testable import Concepts

@Suite struct DatasetStatisticsTests {
    struct Case: Decodable {
        /// `[curve, auc]`, nano-nats.
        struct Dynamics: Decodable {
            let value: Agreement.Dynamics
            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                let curve = try container.decode([Int64].self)
                value = Agreement.Dynamics(
                    curve: curve.map { NanoNats(count: $0) }, auc: NanoNats(count: try container.decode(Int64.self)))
            }
        }
        struct Row: Decodable {
            let label: Int?
            let predicted: Int, language: Int
            let vision: [Int]
            let released: Dynamics, membership: Dynamics
        }
        struct Estimate: Decodable {
            let value: Double, lower: Double, upper: Double
        }
        struct Null: Decodable {
            let mean: Double, deviation: Double, pValue: Double
        }
        struct Estimator: Decodable {
            let mi: Estimate, auc: Estimate, aucPadded: Estimate
            let curve: [Double]
            let nullMI: Null?, nullAUC: Null?
        }
        struct Expected: Decodable {
            let images: Int, labelled: Int, classes: Int
            let top1: Estimate?
            let released: Estimator, membership: Estimator
        }
        let lists: [[Int]]
        let bank: Int, shuffles: Int, resamples: Int
        let seed: UInt64
        let rows: [Row]
        let expected: Expected

        func statistics() throws -> DatasetStatistics {
            var accumulator = DatasetAccumulator(
                languageLists: lists, bankSize: bank, predictedClasses: rows.map(\.predicted), shuffles: shuffles,
                seed: seed)
            for row in rows {
                accumulator.add(
                    DatasetImage(
                        label: row.label, predicted: row.predicted, languageClass: row.language, vision: row.vision,
                        released: row.released.value, membership: row.membership.value))
            }
            return try #require(accumulator.statistics(resamples: resamples, seed: seed))
        }
    }

    /// A naive reference that keeps all rows, resamples rows and sums decimals; SciPy and scikit-learn underneath.
    @Test func figuresIntervalsAndNullAreTheReferences() throws {
        let cases: [Case] = try Golden.cases("datasets")
        for (number, golden) in cases.enumerated() {
            let comment: Comment = "case \(number)"
            let (found, expected) = (try golden.statistics(), golden.expected)
            #expect(found.images == expected.images, comment)
            #expect(found.labelled == expected.labelled, comment)
            #expect(found.classes == expected.classes, comment)
            #expect((found.top1 == nil) == (expected.top1 == nil), comment)
            if let ours = found.top1, let theirs = expected.top1 { expectEqual(ours, theirs, comment) }
            for (ours, theirs) in [(found.released, expected.released), (found.membership, expected.membership)] {
                expectEqual(ours.mi, theirs.mi, comment)
                expectEqual(ours.auc, theirs.auc, comment)
                expectEqual(ours.aucPadded, theirs.aucPadded, comment)
                expectClose(ours.curve, theirs.curve, tolerance: 1e-9, "case \(number)")
                #expect((ours.null == nil) == (theirs.nullMI == nil), comment)
                if let null = ours.null, let mi = theirs.nullMI, let auc = theirs.nullAUC {
                    #expect(null.shuffles == golden.shuffles)
                    expectEqual(null.mi, mi, comment)
                    expectEqual(null.auc, auc, comment)
                }
            }
        }
    }

    private func expectEqual(
        _ ours: DatasetStatistics.Estimate, _ theirs: Case.Estimate, _ comment: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectClose(
            [ours.value, ours.lower, ours.upper], [theirs.value, theirs.lower, theirs.upper], tolerance: 1e-9,
            comment.rawValue, sourceLocation: sourceLocation)
    }

    private func expectEqual(
        _ ours: ClassShuffleNull.Distribution, _ theirs: Case.Null, _ comment: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectClose(
            [ours.mean, ours.standardDeviation, ours.pValue], [theirs.mean, theirs.deviation, theirs.pValue],
            tolerance: 1e-9, comment.rawValue, sourceLocation: sourceLocation)
    }

    @Test func nothingHasNoStatistics() {
        let accumulator = DatasetAccumulator(
            languageLists: [[0]], bankSize: 3, predictedClasses: [], shuffles: 5, seed: 0)
        #expect(accumulator.statistics(resamples: 10, seed: 0) == nil)
    }

    @Test func quantilesAreLinearBetweenNeighbours() {
        #expect(ClassBootstrap<Int>.quantile(0.5, of: [1, 2]) == 1.5)
        #expect(ClassBootstrap<Int>.quantile(0, of: [1, 2]) == 1)
        #expect(ClassBootstrap<Int>.quantile(1, of: [1, 2]) == 2)
        #expect(ClassBootstrap<Int>.quantile(0.25, of: [4]) == 4)
        #expect(ClassBootstrap<Int>.quantile(0.25, of: []) == nil)
    }
}
