import Inference
import Testing

@testable import Concepts

@Suite struct KMeansTests {
    struct Case: Decodable {
        let rows: [Float]
        let columns: Int
        let initial: [Int]
        let labels: [Int]
    }

    @Test func labelsAreThoseOfScikitLearn() throws {
        let cases: [Case] = try Golden.cases("kmeans")
        for (number, golden) in cases.enumerated() {
            let count = golden.rows.count / golden.columns
            let stack = FeatureStack([
                PatchFeatures(
                    values: Matrix(rows: count, columns: golden.columns, elements: golden.rows), gridHeight: 1,
                    gridWidth: count, contentHash: .init(repeating: 0, count: 32))
            ])
            let labels = KMeans(rows: FeatureRows(stack, 0..<count, .unit).values, count: count, width: golden.columns)
                .labels(initial: golden.initial)
            #expect(labels == golden.labels, "case \(number)")
        }
    }

    @Test func anEmptyClusterTakesTheFarthestRow() {
        // Three equal starting rows: the second cluster gets the 9, the third the 0.2.
        let rows: [Double] = [0, 0.1, 0.2, 9, 0, 0]
        let labels = KMeans(rows: rows, count: 6, width: 1).labels(initial: [0, 4, 5])
        #expect(labels == [0, 0, 1, 2, 0, 0])
    }

    @Test func rowsThatCoincideMakeOneCluster() {
        let labels = KMeans(rows: .init(repeating: 0.5, count: 12), count: 6, width: 2).labels(initial: [3, 0, 5])
        #expect(labels == [0, 0, 0, 0, 0, 0])
    }

    @Test func asManyClustersAsRowsSeparateThem() {
        let labels = KMeans(rows: [3, 1, 2, 7], count: 4, width: 1).labels(initial: [2, 0, 3, 1])
        #expect(labels == [0, 1, 2, 3])
    }

    @Test func clustersAreNumberedByFirstOccurrence() {
        #expect(KMeans.renumbered([4, 4, 0, 2, 0, 4]) == [0, 0, 1, 2, 1, 0])
    }

    @Test func everyRowIsNearestToItsClustersMean() {
        var generator = SplitMix64(seed: 5)
        let (count, width, clusters) = (80, 11, 5)
        // Far apart, so that the stop rule is reached at a fixed point.
        let rows = (0..<count * width).map { index in
            Double(index / width % clusters == index % width ? 10 : 0) + Double.random(in: -1...1, using: &generator)
        }
        let labels = KMeans(rows: rows, count: count, width: width).labels(initial: [0, 1, 2, 3, 4])
        #expect(labels == (0..<count).map { $0 % clusters })
    }
}
