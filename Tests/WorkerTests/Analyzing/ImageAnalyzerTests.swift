import Concepts
import Inference
import Testing

@testable import Worker

@Suite struct ImageAnalyzerTests {
    /// Four pictures of three classes, two of them of one.
    private func images() throws -> [PreparedImage] {
        try (DemoAnalysis.pictures + [DemoAnalysis.pictures(of: DemoAnalysis.classes[0].id)[1]]).enumerated().map {
            try DemoAnalysis.prepared($1, label: $0 % 3)
        }
    }

    /// Whatever else is in the batch, a picture's findings are the same to the last bit.
    @Test func sliceAndNeighboursChangeNothing() throws {
        let images = try images()
        let analysis = try DemoAnalysis.shared()
        let together = ImageAnalyzer(analysis, batchSize: 16).analyze(images)
        try #require(together.count == 4)
        #expect(ImageAnalyzer(analysis, batchSize: 1).analyze(images) == together)
        let used = ImageAnalyzer(analysis, batchSize: 3)
        #expect(used.analyze(images) == together)
        #expect(used.analyze(images.reversed()) == together.reversed())
        // And they do differ from each other.
        #expect(together[0] != together[1])
    }

    @Test func findingsAreOfTheAnalysis() throws {
        let analyzer = ImageAnalyzer(try DemoAnalysis.shared(), batchSize: 4)
        let findings = analyzer.analyze(try images())
        #expect(findings.map(\.predictedClass) == [0, 1, 2, 0])
        for image in findings {
            #expect(image.top.count == 3)
            #expect(image.partMethods.map(\.method) == [.kmeans])
            #expect(image.partMethods[0].languageConcepts.count == 4)
            #expect(image.partMethods[0].parts.count == 12 * 12)
        }
        #expect(analyzer.encodeTime > .zero)
    }

    @Test func nothingInNothingOut() throws {
        let analyzer = ImageAnalyzer(try DemoAnalysis.shared(), batchSize: 4)
        #expect(analyzer.analyze([]).isEmpty)
        #expect(analyzer.encodeTime == .zero)
    }

    @Test func promptsAreShownForEachPicture() throws {
        var seen: [Int: Int] = [:]
        let images = try images()
        let findings = ImageAnalyzer(try DemoAnalysis.shared(), batchSize: 3).analyze(images) {
            index, grouping, parts in
            seen[index] = parts.count
            #expect(parts.allSatisfy { $0.pictures.count == 3 })
            #expect(grouping.method == .kmeans)
        }
        #expect(seen.keys.sorted() == [0, 1, 2, 3])
        for (index, count) in seen { #expect(findings[index].partMethods[0].boxes.count == count) }
    }
}
