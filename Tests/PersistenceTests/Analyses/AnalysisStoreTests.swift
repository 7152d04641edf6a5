import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct AnalysisStoreTests {
    private let connection: Connection
    private let store: AnalysisStore

    init() throws {
        connection = try TestDatabase().connect()
        store = AnalysisStore(connection)
    }

    @Test func registeringTwiceIsOnce() throws {
        let analysis = Fixture.analysis()
        #expect(try store.register(analysis, name: "first"))
        #expect(try !store.register(analysis, name: "second"))
        #expect(try store.load(analysis.id) == analysis)
        #expect(try store.list().map(\.name) == ["second"])
        #expect(try store.resolve("first") == analysis.id && store.resolve("second") == analysis.id)
        let counts = try connection.query(
            "SELECT (SELECT count(*) FROM entente.classes), (SELECT count(*) FROM entente.descriptors)")
        #expect(try counts.bigint(0, 0) == 6 && counts.bigint(0, 1) == 20)
        #expect(try store.load("00000000000000000000000000000000") == nil)
    }

    /// Texts belong to no model: analyses that differ in them do not compare by model, and those that differ in the model do.
    @Test func textsAreNoModelsOwn() throws {
        func analysis(_ tag: String, _ lists: [[Int]]) -> Analysis {
            let plain = Fixture.analysis(tag)
            return Analysis(
                model: plain.model, classes: plain.classes, descriptors: plain.descriptors, templates: [],
                classifier: .descriptors(lists, wording: .standard), descriptorTemplate: plain.descriptorTemplate,
                method: plain.method)
        }
        let lists = (0..<6).map { [$0, $0 + 6] }
        let (one, other, third) = (analysis("a", lists), analysis("b", lists), analysis("a", lists.reversed()))
        for analysis in [one, other, third] { try store.register(analysis, name: "told") }
        #expect(try store.load(third.id)?.classifier == .descriptors(lists.reversed(), wording: .standard))
        #expect(one.settingDigest == other.settingDigest && one.settingDigest != third.settingDigest)
        let told = try store.toldByDescriptors(modelWeights: one.model.weights)
        #expect(told == [one.id, third.id].sorted())
        try store.register(Fixture.analysis("a"), name: "plain")
        #expect(try store.toldByDescriptors(modelWeights: one.model.weights) == told)
    }

    /// Whoever loads the analysis has the numbers; and models with a classifier of their own each are compared.
    @Test func aClassifierIsKept() throws {
        func analysis(_ tag: String, _ values: [Float]?) -> Analysis {
            let plain = Fixture.analysis(tag)
            let classifier = values.map {
                Analysis.Classifier.weights(.init(sha256: tag, Matrix(rows: 6, columns: 2, elements: $0)))
            }
            return Analysis(
                model: plain.model, classes: plain.classes, descriptors: plain.descriptors,
                templates: values == nil ? plain.templates : [], classifier: classifier,
                descriptorTemplate: plain.descriptorTemplate, method: plain.method)
        }
        let one = analysis("a", (0..<12).map { Float($0) / 3 - .pi })
        let other = analysis("b", (0..<12).map { Float(-$0) })
        for analysis in [one, other] { try store.register(analysis, name: analysis.model.weights) }
        #expect(try store.load(one.id) == one && store.load(other.id)?.classifier?.weights?.matrix[5, 1] == -11)
        #expect(one.settingDigest == other.settingDigest)
        #expect(one.settingDigest != analysis("a", nil).settingDigest)
        #expect(analysis("a", nil).settingDigest == Fixture.analysis("b").settingDigest)
    }

    /// Whoever loads the analysis has what a calibration found; and models that were each calibrated are compared.
    @Test func aSmoothingIsKept() throws {
        func analysis(_ tag: String, _ smoothing: Smoothing?) -> Analysis {
            let plain = Fixture.analysis(tag)
            var method = plain.method
            method.precision = .int8
            return Analysis(
                model: plain.model, classes: plain.classes, descriptors: plain.descriptors, templates: plain.templates,
                descriptorTemplate: plain.descriptorTemplate, method: method, smoothing: smoothing)
        }
        let one = analysis("a", Smoothing(exponents: ["layer": (0..<200).map { Int8($0 % 81 - 40) }]))
        let other = analysis("b", .ofModel)
        for analysis in [one, other] { try store.register(analysis, name: analysis.model.weights) }
        #expect(try store.load(one.id) == one && store.load(other.id) == other)
        #expect(one.settingDigest == other.settingDigest)
        #expect(one.settingDigest != analysis("a", nil).settingDigest)
    }

    @Test func imagesAreFoundByTheirURIsAndBytes() throws {
        let analysis = Fixture.analysis()
        try store.register(analysis, name: "x")
        try BatchWriter(connection).write(WriteBatch(results: [Fixture.row("a", analysisID: analysis.id)]))
        func image(_ id: String, uris: Set<String> = [], hashes: Set<String> = []) throws -> String? {
            try store.image(of: id, uris: uris, hashes: hashes)
        }
        #expect(try image(analysis.id, uris: ["file:///b", "file:///a"]) == "a")
        #expect(try image(analysis.id, uris: ["file:///b"], hashes: ["ff"]) == nil)
        // As its result has it.
        #expect(try image(analysis.id, hashes: ["ff", "00"]) == "a")
        #expect(try image(Fixture.analysis("b").id, uris: ["file:///a"], hashes: ["00"]) == nil)
    }

    @Test func concurrentRegistrationsAgree() throws {
        let database = try TestDatabase()
        let analysis = Fixture.analysis()
        let fresh = try concurrently(6) { worker in
            try AnalysisStore(database.connect()).register(analysis, name: "worker \(worker)")
        }
        #expect(fresh.filter { $0 }.count == 1)
    }

    @Test func aNameMeansWhatItWasLastGivenTo() throws {
        let old = Fixture.analysis("a")
        let new = Fixture.analysis("b")
        try store.register(old, name: "run")
        try store.register(new, name: "run")
        #expect(try store.resolve("run") == new.id)
        #expect(try store.resolve(old.id) == old.id)
        #expect(try store.resolve(String(old.id.prefix(12))) == old.id)
        let unknown = #expect(throws: PersistenceError.self) { try store.resolve("ruin") }
        #expect(unknown?.code == .notFound)
        #expect(unknown?.description.contains("run (\(new.id.prefix(8)))") == true)
        #expect(throws: PersistenceError.self) { try store.resolve("") }
    }

    @Test func anAnalysisThatReadsOtherwiseIsRefused() throws {
        let analysis = Fixture.analysis()
        try store.register(analysis, name: "x")
        try connection.exec(
            "UPDATE entente.analyses SET canonical_json = replace(canonical_json, 'descriptor 1', 'descriptor 0')")
        let error = #expect(throws: PersistenceError.self) { try store.load(analysis.id) }
        #expect(error?.code == .schema)
        // What a later build has added to the method is not damage.
        try connection.exec("UPDATE entente.analyses SET method_revision = 1000")
        let later = #expect(throws: PersistenceError.self) { try store.load(analysis.id) }
        #expect(later?.code == .revision)
        #expect(later?.description.contains("method revision 1000") == true)
    }

    @Test func oddTextsAreKeptOrRefusedByName() throws {
        func analysis(_ descriptor: Identifier, class: Identifier = "c") -> Analysis {
            Analysis(
                model: .init(weights: "w", configuration: "c", tokenizer: "t"),
                classes: [.init(id: `class`, name: "it's")],
                descriptors: [descriptor], templates: ["{}"], descriptorTemplate: "{}", method: .init())
        }
        let odd = analysis("\"quoted\" 🦎 \\ \u{1F}")
        try store.register(odd, name: "odd '\"")
        #expect(try store.load(odd.id) == odd)
        let nul = #expect(throws: PersistenceError.self) { try store.register(analysis("a\0"), name: "n") }
        #expect(nul?.description.contains("descriptor 0 holds the character U+0000") == true)
        #expect(throws: PersistenceError.self) {
            try store.register(analysis("a", class: Identifier(String(repeating: "x", count: 3000))), name: "n")
        }
    }

    @Test func languageConceptsAreStoredOnce() throws {
        let id = try Fixture.register(on: connection)
        #expect(try store.languageConcepts(analysisID: id) == nil)
        let lists: [[PartFindings.LanguageConcept]] = [
            [.init(descriptor: 4, similarity: 0.75), .init(descriptor: 2, similarity: 0.5)], [],
            [.init(descriptor: 0, similarity: 0.1)],
        ]
        try store.storeLanguageConcepts(lists, analysisID: id)
        try store.storeLanguageConcepts([[.init(descriptor: 9, similarity: 0)]], analysisID: id)
        #expect(try store.languageConcepts(analysisID: id) == lists)
        #expect(
            try connection.query("SELECT descriptor FROM entente.language_concepts ORDER BY class_index, rank").text(
                0, 0)
                == "descriptor 4")
    }

    @Test func theFirstCopyOfTextEmbeddingsIsEveryones() throws {
        let embeddings = TextEmbeddingStore(connection)
        #expect(try embeddings.get("h") == nil)
        let first = Matrix(
            rows: 2, columns: 3, elements: [0.1, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1, -1])
        let second = Matrix(rows: 2, columns: 3, repeating: 7)
        #expect(try embeddings.put("h", first) == first)
        #expect(try embeddings.put("h", second) == first)
        #expect(try embeddings.get("h")?.elements.map(\.bitPattern) == first.elements.map(\.bitPattern))
        let none = Matrix(rows: 0, columns: 8, elements: [])
        #expect(try embeddings.put("empty", none) == none)
    }
}
