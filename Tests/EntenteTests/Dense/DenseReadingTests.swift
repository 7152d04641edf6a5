import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Entente

/// The absolute scale, on the demo's drawn world.
@Suite struct DenseReadingTests {
    private static let names = DemoAnalysis.classes.map { "a photo of a \($0.name)." }

    private static func readings(_ method: DenseMethod, score: LogitScore? = nil) throws -> [DenseReading] {
        let model = try DemoAnalysis.shared().model
        let vision = try #require(model.vision as? VisionTransformer)
        let texts = try DenseTexts(names, templates: ["{}"], method: method, model: model)
        let session = vision.dense(method, texts: texts.embeddings).session(batchSize: 3)
        let pixels = try DemoAnalysis.pictures.map {
            model.preprocessor.input(try DemoAnalysis.prepared($0).picture)
        }
        let encoded = session.encode(pixels, including: .dense)
        return pixels.indices.map { image in
            DenseReading(
                method, patches: encoded.densePatches[image], image: Array(encoded.embeddings.row(image)), texts: texts,
                correlation: encoded.correlations.isEmpty ? nil : encoded.correlations[image], score: score)
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
            let segments = SegmentMap(
                reading, by: .absolute(presence: LabelRule.presence), side: 12, width: 24, height: 24)
            #expect(Set(segments.labels).isSubset(of: [-1, image]) && segments.labels.contains(image))
        }
    }

    /// Of a model that was trained to tell whether a text is there, its own word counts; of others the empty text's comparison.
    @Test func presenceIsTheModelsOwnWhereItHasOne() throws {
        let (without, with) = (
            try Self.readings(.maskclip),
            try Self.readings(.maskclip, score: LogitScore(scale: 3, bias: -0.5, kind: .sigmoid))
        )
        let softmax = try Self.readings(.maskclip, score: LogitScore(scale: 3, bias: 0, kind: .softmax))
        let model = try DemoAnalysis.shared().model
        let texts = try DenseTexts(Self.names, templates: ["{}"], method: .maskclip, model: model)
        for (image, path) in DemoAnalysis.pictures.enumerated() {
            let pixels = model.preprocessor.input(try DemoAnalysis.prepared(path).picture)
            let whole = model.vision.session(batchSize: 1).encode([pixels]).embeddings
            let cosines = PatchSimilarity.cosines(patches: whole, texts: texts.embeddings)
            for text in Self.names.indices {
                let expected = 1 / (1 + exp(-(3 * cosines[0, text] - 0.5)))
                #expect(abs(with[image].presence[text] - expected) < 1e-4)
            }
            #expect(
                softmax[image].presence == without[image].presence && with[image].presence != without[image].presence)
            #expect(with[image].similarity == without[image].similarity)
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
