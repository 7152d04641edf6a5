import Concepts
import Inference
import Testbed
import Testing

@testable import Analyzing

/// Which pictures of an analysis are encoded in its precision.
@Suite struct PrecisionOfPicturesTests {
    private static let narrow: [Precision] = [.bf16, .int8]

    private func images() throws -> [PreparedImage] { try DemoAnalysis.pictures.map { try DemoAnalysis.prepared($0) } }

    private func analysis(
        _ precision: Precision, _ change: (inout MethodParameters) -> Void = { _ in }
    ) throws -> LoadedAnalysis {
        try DemoAnalysis.shared {
            $0.precision = precision
            change(&$0)
        }
    }

    /// Parts, predictions and relevance are made from the image itself, so these are those of floats.
    @Test(arguments: narrow) func anImageItselfIsOfFloats(precision: Precision) throws {
        let images = try images()
        let full = try ImageAnalyzer(DemoAnalysis.shared(), batchSize: 4).findings(images)
        let analyzer = ImageAnalyzer(try analysis(precision), batchSize: 4)
        let found = try analyzer.findings(images)
        #expect(found.map(\.top) == full.map(\.top))
        #expect(found.map { $0.partMethods.map(\.parts) } == full.map { $0.partMethods.map(\.parts) })
        #expect(found.map { $0.partMethods.map(\.boxes) } == full.map { $0.partMethods.map(\.boxes) })
        #expect(analyzer.promptSession !== analyzer.session)
    }

    @Test(arguments: narrow) func whatIsMadeFromItIsNarrowed(precision: Precision) throws {
        let images = try images()
        func embeddings(_ precision: Precision) throws -> [[Float]] {
            let analyzer = ImageAnalyzer(try analysis(precision), batchSize: 4)
            return try analyzer.embeddings(of: images.map(\.picture), named: "made").map { Array($0) }
        }
        let (full, found) = (try embeddings(.fp32), try embeddings(precision))
        for (a, b) in zip(full, found) {
            #expect(a != b)
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 0.1 * (a.map(abs).max() ?? 0) })
        }
    }

    /// Where nothing else is asked for, nothing else could be narrowed.
    @Test(arguments: narrow) func anImageThatIsOnlyPredictedIsNarrowed(precision: Precision) throws {
        let analyzer = ImageAnalyzer(try analysis(precision) { $0.parts.by = [] }, batchSize: 4)
        #expect(analyzer.promptSession === analyzer.session)
        let images = try images()
        func embeddings(_ analyzer: ImageAnalyzer) throws -> [[Float]] {
            try analyzer.features(of: images).map { try $0.get().embedding }
        }
        #expect(try embeddings(analyzer) != embeddings(ImageAnalyzer(DemoAnalysis.shared(), batchSize: 4)))
    }

    @Test func floatsHaveOneEncoder() throws {
        let model = try LoadedModel(directory: Checkout.model)
        #expect(model.promptedVision === model.vision)
        let analyzer = ImageAnalyzer(try DemoAnalysis.shared(), batchSize: 1)
        #expect(analyzer.promptSession === analyzer.session)
    }
}
