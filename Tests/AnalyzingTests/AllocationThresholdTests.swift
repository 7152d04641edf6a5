import CAllocationCount
import Foundation
import Inference
import Testbed
import Testing

@testable import Analyzing

/// How often the way of an image takes memory, against the thresholds in `Benchmarks/Thresholds/allocations.json`.
///
/// They depend on code and compiler alone, so unlike times they can gate. Who lowers one commits the new figure.
@Suite struct AllocationThresholdTests {
    private static let thresholds = Result {
        let file = URL(fileURLWithPath: Checkout.root + "/Benchmarks/Thresholds/allocations.json")
        return try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: file))
    }

    private static func allocations(_ body: () throws -> Void) rethrows -> Int {
        let before = entente_allocations()
        try body()
        return entente_allocations() - before
    }

    private static func expect(_ count: Int, of name: String) throws {
        let threshold = try #require(try thresholds.get()[name], "no threshold is named \(name)")
        #expect(count <= threshold, "\(name): \(count) allocations, the threshold is \(threshold)")
    }

    @Test func anImageOfAnAnalysis() throws {
        let images = try DemoAnalysis.pictures.map { try DemoAnalysis.prepared($0) }
        let analyzer = ImageAnalyzer(try DemoAnalysis.shared(), batchSize: 16)
        _ = try analyzer.analyze(images)
        let counts = try images.map { image in try Self.allocations { _ = try analyzer.analyze([image]) } }
        try Self.expect(counts.max() ?? 0, of: "analysis, each image")
    }

    @Test func aCallOfTheEncoder() throws {
        let analysis = try DemoAnalysis.shared()
        let encoder = analysis.model.vision
        let picture = VisionInput.values(.init(repeating: 0.25, count: 3 * encoder.imageSize * encoder.imageSize))
        let session = encoder.session(batchSize: 1)
        _ = session.encode([picture])
        let count = Self.allocations { _ = session.encode([picture]) }
        // One more for the list of pictures.
        try Self.expect(count - 1, of: "encoder, each call")
    }
}
