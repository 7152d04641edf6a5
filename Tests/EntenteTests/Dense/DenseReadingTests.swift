import Concepts
import Inference
import Testbed
import Testing

@testable import Entente

/// The absolute scale, on the demo's drawn world.
@Suite struct DenseReadingTests {
    private static let names = DemoAnalysis.classes.map { "a photo of a \($0.name)." }

    private static func readings(_ method: DenseMethod) throws -> [DenseReading] {
        let model = try DemoAnalysis.shared().model
        let vision = try #require(model.vision as? VisionTransformer)
        let texts = try DenseTexts(names, templates: ["{}"], method: method, model: model)
        let workspace = vision.makeWorkspace(batchSize: 3, dense: method, texts: texts.embeddings)
        let pixels = try DemoAnalysis.pictures.map {
            model.preprocessor.pixelValues(try DemoAnalysis.prepared($0).picture)
        }
        let encoded = vision.encode(pixels, including: .dense, in: workspace)
        return pixels.indices.map { image in
            DenseReading(
                method, patches: encoded.densePatches[image], image: Array(encoded.embeddings.row(image)), texts: texts,
                correlation: encoded.correlations.isEmpty ? nil : encoded.correlations[image])
        }
    }

    /// The picture scaled from lowest to highest lights up whatever is asked for; the absolute one only what is there.
    @Test(arguments: DenseMethod.allCases.filter { $0 != .anoclip })
    func anAbsentObjectStaysDark(method: DenseMethod) throws {
        for (image, reading) in try Self.readings(method).enumerated() {
            for text in Self.names.indices {
                let absolute = (0..<reading.absolute.rows).map { reading.absolute[$0, text] }.max() ?? 0
                let scaled = HeatMap(reading.similarity, text: text, side: 12).scaled.values.max()
                #expect(scaled == 1)
                if image == text {
                    #expect(reading.presence[text] > 0.9 && absolute > 0.5)
                } else {
                    #expect(reading.presence[text] < 0.1 && absolute < 0.1)
                }
            }
            let segments = SegmentMap(reading, side: 12, width: 24, height: 24)
            #expect(Set(segments.labels).isSubset(of: [-1, image]) && segments.labels.contains(image))
        }
    }

    @Test func statesOfAnObjectAreProbabilities() throws {
        for reading in try Self.readings(.anoclip) {
            #expect(reading.similarity == reading.absolute)
            let isProbable = (reading.similarity.elements + reading.presence).allSatisfy { 0.2 < $0 && $0 < 0.8 }
            #expect(isProbable)
        }
    }

    @Test func statesHaveSevenWordingsUnder66Templates() {
        let prompts = AnomalyPrompts(object: "bottle")
        #expect(prompts.normal.count == 462 && Set(prompts.normal).count == 462)
        #expect(prompts.abnormal.count == 462 && Set(prompts.abnormal).count == 462)
        for text in [
            "a cropped industrial photo of the flawless bottle", "an industrial image of a small bottle without flaw",
        ] {
            #expect(prompts.normal.contains(text))
        }
        #expect(prompts.abnormal.contains("a manufacturing image of the blemished bottle for anomaly detection"))
        let surface = AnomalyPrompts(object: "carpet").normal
        #expect(
            surface.contains("a textural photo of a perfect carpet")
                && surface.contains("a surface picture of a large normal carpet"))
    }

    @Test func averagingOverPromptsIsNormalised() throws {
        let model = try DemoAnalysis.shared().model
        let templates = ["a photo of a {}.", "a photo showing {}"]
        let texts = try DenseTexts(["barn dibbet", ""], templates: templates, method: .raw, model: model)
        let lengths = (0..<2).map { texts.embeddings.row($0).reduce(0) { $0 + $1 * $1 } }
        #expect(lengths.allSatisfy { abs($0 - 1) < 1e-5 })
        // The empty line is what the empty string is under the same prompts.
        #expect(Array(texts.embeddings.row(1)) == texts.empty)
    }
}
