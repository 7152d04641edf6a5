import Analyzing
import Fetch
import Foundation
import Inference
import Testbed
import Testing

@testable import Entente

/// What texts that a picture does not show cost the mask of one that it shows, held against the zoo's own masks.
@Suite struct AbsentTextTests {
    private static let zoo = Checkout.root + "/share/zoo"
    /// Of families that share no name, so that what is asked for beside a picture's own class is not there.
    private static let shown = ["desert-mosk", "barn-obbin", "barn-pellick", "barn-quib"]
    private static let pictures = shown.flatMap { name in (0..<4).map { (name, "\(name)/00\($0)") } }
    private static let model = Result { try LoadedModel(directory: zoo + "/models/vit-s12") }
    private static let classes =
        ((try? FileManager.default.contentsOfDirectory(atPath: zoo + "/heldout")) ?? []).sorted()

    private static func picture(_ path: String) throws -> Picture {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return try ImageDecoder.decode(bytes, named: path, limits: DecodingLimits())
    }

    private static func phrase(_ id: String) -> String {
        "a photo of a \(id.replacingOccurrences(of: "-", with: " "))."
    }

    private static func texts(of id: String, absent: Int) -> [String] {
        let family = id.split(separator: "-")[1]
        let others = classes.filter { !$0.hasSuffix(family) }
        // Spread over the families, and first, so that an equal value would go to them.
        let beside = (0..<absent).map { others[($0 * 7 + 3) % others.count] }
        return beside.map(phrase) + [phrase(id)]
    }

    /// For each picture its labels, its own text being the last of `absent` + 1, and the place of the object.
    private static func labels(
        _ method: DenseMethod, absent: Int, by rule: LabelRule
    ) throws -> [(labels: [Int], object: [Bool])] {
        BLAS.prepareForLanes()
        let model = try model.get()
        let vision = try #require(model.vision as? VisionTransformer)
        return try pictures.map { id, path in
            let names = texts(of: id, absent: absent)
            let texts = try DenseTexts(names, templates: ["{}"], method: method, model: model)
            let session = vision.dense(method, texts: texts.embeddings).session(batchSize: 1)
            let shown = try picture("\(zoo)/heldout/\(path).jpg")
            let encoded = session.encode([model.preprocessor.squashed(shown)], including: .dense)
            let reading = DenseReading(
                method, patches: encoded.densePatches[0], image: Array(encoded.embeddings.row(0)), texts: texts,
                correlation: encoded.correlations.first, score: nil)
            let segments = SegmentMap(
                reading, by: rule, side: vision.gridWidth, width: shown.width, height: shown.height)
            let truth = try picture("\(zoo)/masks/\(path).png")
            return (
                segments.labels, stride(from: 0, to: truth.pixels.count, by: 3).map { truth.pixels[$0] > 0 }
            )
        }
    }

    /// Mean IoU of the picture's own text with the truth.
    private static func overlap(_ method: DenseMethod, absent: Int, by rule: LabelRule) throws -> Double {
        let overlaps = try labels(method, absent: absent, by: rule).map { labels, object in
            let pairs = zip(object, labels)
            return Double(pairs.count { $0 && $1 == absent }) / Double(max(pairs.count { $0 || $1 == absent }, 1))
        }
        return overlaps.reduce(0, +) / Double(overlaps.count)
    }

    /// Share of the pixels that absent texts have.
    private static func taken(_ method: DenseMethod, absent: Int, by rule: LabelRule) throws -> Double {
        let all = try labels(method, absent: absent, by: rule).flatMap(\.labels)
        return Double(all.count { 0..<absent ~= $0 }) / Double(all.count)
    }

    @Test(arguments: DenseMethod.allCases.filter { $0 != .anoclip })
    func anAbsentTextTakesNothing(method: DenseMethod) throws {
        let rule = LabelRule.absolute(presence: LabelRule.presence)
        let alone = try Self.overlap(method, absent: 0, by: rule)
        for absent in [1, 5, 20] {
            let beside = try Self.overlap(method, absent: absent, by: rule)
            #expect(alone - beside <= 0.03, "\(absent) absent texts: \(alone) alone, \(beside) beside them")
        }
    }

    /// The papers' rule knows no absence, so there absent texts do have pixels: what the other rule is for.
    @Test func softmaxLetsAbsentTextsTake() throws {
        let softmax = LabelRule.softmax(scale: LabelRule.scale(of: .naclip), threshold: 0)
        #expect(try Self.taken(.naclip, absent: 20, by: softmax) > 0.2)
        #expect(try Self.taken(.naclip, absent: 20, by: .absolute(presence: LabelRule.presence)) < 0.02)
    }

    /// Two texts whose similarities differ by d: the higher one's share is 1 / (1 + exp(-scale · d)).
    @Test func softmaxIsThePapers() {
        let reading = Self.reading([0.30, 0.20], presence: [0, 0])
        func labels(_ threshold: Float) -> [Int] {
            let rule = LabelRule.softmax(scale: 40, threshold: threshold)
            return SegmentMap(reading, by: rule, side: 1, width: 1, height: 1).labels
        }
        // 1 / (1 + exp(-4)) = 0.9820.
        #expect(labels(0.981) == [0] && labels(0.983) == [-1])
    }

    @Test func presenceDecidesWhoMayHavePixels() {
        let reading = Self.reading([0.9, 0.6], presence: [0.09, 0.2])
        func label(_ presence: Float) -> Int {
            SegmentMap(reading, by: .absolute(presence: presence), side: 1, width: 1, height: 1).labels[0]
        }
        #expect(label(0.1) == 1 && label(0.05) == 0 && label(0.3) == -1)
    }

    /// Of one patch, whose similarities are its absolute values too.
    private static func reading(_ row: [Float], presence: [Float]) -> DenseReading {
        let values = Matrix(rows: 1, columns: presence.count, elements: row)
        return DenseReading(similarity: values, absolute: values, presence: presence, correlation: nil)
    }
}
