import Concepts
import Foundation
import Inference
import Synchronization
import Testbed
import Testing

@testable import Analyzing

@Suite struct TextSideBuilderTests {
    /// Keeps the first copy, as the database does.
    private final class SharedCopies: SharedTextStore {
        var copies: [String: Matrix] = [:]
        /// What another worker has written just before.
        var earlier: ((Matrix) -> Matrix)?

        func load(_ key: String) throws -> Matrix? { copies[key] }

        func store(_ matrix: Matrix, under key: String) throws -> Matrix {
            if let copy = copies[key] { return copy }
            let kept = earlier?(matrix) ?? matrix
            copies[key] = kept
            return kept
        }
    }

    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func build(_ analysis: Analysis, _ shared: SharedCopies?, caching: Bool = true) throws -> TextSide {
        // A name of its own is a cache that holds nothing yet.
        let cache = DemoAnalysis.cache(in: scratch, caching ? "cache" : UUID().uuidString)
        return try TextSideBuilder(cache: cache, shared: shared).build(
            analysis, model: DemoAnalysis.shared().model)
    }

    private func concepts(_ side: TextSide) -> [[PartFindings.LanguageConcept]] {
        DemoAnalysis.classes.indices.map(side.languageConcepts(ofClass:))
    }

    private var cached: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: scratch("cache/entente/text")).sorted() }
    }

    @Test func cachesChangeNothing() throws {
        let analysis = try DemoAnalysis.analysis()
        let fresh = concepts(try build(analysis, nil))
        #expect(fresh.map(\.count) == [4, 4, 4])
        #expect(try cached.count == 3)
        #expect(concepts(try build(analysis, nil)) == fresh)
        let shared = SharedCopies()
        #expect(concepts(try build(analysis, shared)) == fresh)
        #expect(shared.copies.count == 3)
        #expect(concepts(try build(analysis, shared, caching: false)) == fresh)
    }

    @Test func theCacheIsReallyRead() throws {
        let analysis = try DemoAnalysis.analysis()
        let fresh = concepts(try build(analysis, nil))
        for name in try cached { try plantDescending(name) }
        #expect(concepts(try build(analysis, nil)) != fresh)
    }

    /// Replaces an entry by one of the same shape: the first row a unit vector, each further one leaning away from it.
    private func plantDescending(_ name: String) throws {
        let stored = try Safetensors(path: scratch("cache/entente/text/" + name))
        let shape = try #require(stored["text_embeddings"]).shape
        DemoAnalysis.cache(in: scratch).store(
            Self.leaning(rows: shape[0], columns: shape[1]), under: String(name.dropLast(".safetensors".count)))
    }

    private static func leaning(rows: Int, columns: Int) -> Matrix {
        var elements = [Float](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            let angle = Float(row) * 0.1
            elements[row * columns] = Foundation.cos(angle)
            elements[row * columns + 1] = Foundation.sin(angle)
        }
        return Matrix(rows: rows, columns: columns, elements: elements)
    }

    /// All workers compute with one copy, or their rows would differ in the last bits.
    @Test func theFirstSharedCopyIsEverybodys() throws {
        let shared = SharedCopies()
        shared.earlier = { Self.leaning(rows: $0.rows, columns: $0.columns) }
        let side = concepts(try build(try DemoAnalysis.analysis(), shared))
        // The classes lie along the first descriptors then, and nearer ones come first.
        try #require(side.count == 3)
        #expect(side[0].map(\.descriptor) == [0, 1, 2, 3])
        #expect(side[2].first?.descriptor == 2)
        shared.earlier = nil
        #expect(concepts(try build(try DemoAnalysis.analysis(), shared, caching: false)) == side)
    }

    @Test func eachContentHasItsOwnEntries() throws {
        let shared = SharedCopies()
        _ = try build(try DemoAnalysis.analysis(), shared)
        let first = Set(shared.copies.keys)
        #expect(first.count == 3)
        // Another template concerns the classes alone, another template of descriptors one of the two banks.
        _ = try build(try DemoAnalysis.analysis(templates: ["a {}"]), shared)
        #expect(shared.copies.count == 4)
        _ = try build(try DemoAnalysis.analysis(templates: ["a photo of a {}.", "a {}"]), shared)
        #expect(shared.copies.count == 5)
        _ = try build(try DemoAnalysis.analysis(descriptorTemplate: "showing {}"), shared)
        #expect(shared.copies.count == 6)
        // Another model shares nothing, whichever of its files differs.
        let model = try Analysis.ModelFingerprint(directory: Checkout.model)
        for other in [
            Analysis.ModelFingerprint(weights: "x", configuration: model.configuration, tokenizer: model.tokenizer),
            .init(weights: model.weights, configuration: "x", tokenizer: model.tokenizer),
            .init(weights: model.weights, configuration: model.configuration, tokenizer: "x"),
        ] {
            let before = shared.copies.count
            _ = try build(try DemoAnalysis.analysis(model: other), shared)
            #expect(shared.copies.count == before + 3)
        }
        #expect(first.isSubset(of: Set(shared.copies.keys)))
    }

    @Test func modelsWithoutVocabularyAreNamed() throws {
        let bare = try LoadedModel(directory: Checkout.bareModel)
        let builder = TextSideBuilder(cache: DemoAnalysis.cache(in: scratch), shared: nil)
        let error = #expect(throws: InferenceError.self) { try builder.build(try DemoAnalysis.analysis(), model: bare) }
        #expect(error?.code == .tokenizer)
        #expect(error?.description.contains(Checkout.bareModel) == true)
    }

    private func classified(_ matrix: Matrix) throws -> Analysis {
        let texts = try DemoAnalysis.analysis()
        return Analysis(
            model: texts.model, classes: texts.classes, descriptors: texts.descriptors, templates: [],
            classifier: .weights(.init(sha256: "f", matrix)), descriptorTemplate: texts.descriptorTemplate,
            method: texts.method)
    }

    /// Rows of any length are what the encoder would have made of the classes' names.
    @Test func aClassifierStandsForTheClasses() throws {
        let model = try DemoAnalysis.shared().model
        let names = DemoAnalysis.classes.map { "a photo of a \($0.name)." }
        let embeddings = try model.encodeTexts(names)
        let expected = concepts(try build(try DemoAnalysis.analysis(), nil))
        let columns = embeddings.columns
        let rows = (0..<3).map { row in embeddings.row(row).map { $0 * Float(row + 2) } }
        let forwards = try classified(Matrix(rows: 3, columns: columns, elements: rows.flatMap { $0 }))
        let shared = SharedCopies()
        let found = concepts(try build(forwards, shared))
        #expect(found.map { $0.map(\.descriptor) } == expected.map { $0.map(\.descriptor) })
        #expect(shared.copies.count == 2, "of the bank alone")
        let backwards = try classified(Matrix(rows: 3, columns: columns, elements: rows.reversed().flatMap { $0 }))
        #expect(
            concepts(try build(backwards, nil)).map { $0.map(\.descriptor) }
                == expected.reversed().map { $0.map(\.descriptor) })
        #expect(expected[0].map(\.descriptor) != expected[2].map(\.descriptor))
    }

    @Test func aClassifierOfAnotherModelIsRefused() throws {
        let model = try DemoAnalysis.shared().model
        for (rows, columns) in [(3, model.embeddingWidth + 1), (2, model.embeddingWidth)] {
            let analysis = try classified(Matrix(rows: rows, columns: columns, repeating: 1))
            let refusal = model.directory.configuration.refusal(of: analysis)
            #expect(refusal?.contains("\(rows) × \(columns), and 3 classes") == true, "\(refusal ?? "")")
            #expect(throws: InferenceError.self) { try build(analysis, nil) }
        }
        let fitting = try classified(Matrix(rows: 3, columns: model.embeddingWidth, repeating: 1))
        #expect(model.directory.configuration.refusal(of: fitting) == nil)
    }

    /// Each text is encoded and brought to length 1, each class is the mean of its own, and the copy is where others look for it.
    @Test(arguments: [true, false]) func classesAreTheMeansOfTheirTexts(areSentences: Bool) throws {
        let plain = try DemoAnalysis.analysis()
        let texts = [["has fur, and more"], ["a long tail", "stands", "a long tail"], ["green"]]
        let bank: [Identifier] = ["has fur, and more", "a long tail", "stands", "green"]
        let wording = try #require(DescriptorWording("{descriptor} / {class}"))
        let analysis = Analysis(
            model: plain.model, classes: plain.classes, descriptors: bank, templates: [],
            classifier: areSentences ? .sentences(texts) : .descriptors([[0], [1, 2, 1], [3]], wording: wording),
            descriptorTemplate: plain.descriptorTemplate, method: plain.method)
        let shared = SharedCopies()
        _ = try build(analysis, shared)
        let key = try #require(TextSideBuilder.classKey(analysis))
        let kept = try #require(shared.copies[key])
        let model = try DemoAnalysis.shared().model
        for (row, list) in texts.enumerated() {
            let said = areSentences ? list : list.map { "\($0) / \(plain.classes[row].name)" }
            let rows = try model.encodeTexts(said).rowsNormalized()
            let mean = (0..<rows.columns).map { column in
                Float((0..<rows.rows).reduce(0.0) { $0 + Double(rows[$1, column]) } / Double(rows.rows))
            }
            #expect(kept.row(row).elementsEqual(mean), "\(row)")
        }
        let again = try build(analysis, shared)
        #expect(concepts(again) == concepts(try build(analysis, nil)))
        // Content that does not fit its classes is refused and traps nothing.
        let broken = Analysis(
            model: plain.model, classes: plain.classes, descriptors: bank, templates: [],
            classifier: areSentences ? .sentences([["x"]]) : .descriptors([[9], [0], [0]], wording: wording),
            descriptorTemplate: plain.descriptorTemplate, method: plain.method)
        #expect(throws: InferenceError.self) { try build(broken, nil) }
    }

    @Test func everyPlaceOfATemplateIsFilled() {
        #expect("a photo of a {}.".filled(with: "tench") == "a photo of a tench.")
        #expect("{}".filled(with: "{} \\1 $0") == "{} \\1 $0")
    }
}
