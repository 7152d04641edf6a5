import Concepts
import Foundation
import Inference
import Jobs
import Persistence
import Testbed
import Testing

@testable import Analyzing
@testable import Delivery

@Suite struct AnalysisCatalogTests {
    private let scratch: ScratchFolder
    private let database: TestDatabase

    init() throws {
        scratch = try ScratchFolder()
        database = try TestDatabase()
    }

    /// Registers an analysis on a model of its own: the demo's, told from the others by its configuration's white space.
    private func analysis(_ number: Int) throws -> String {
        for name in try FileManager.default.contentsOfDirectory(atPath: Checkout.model) {
            let path = Checkout.model + "/" + name
            if name == "open_clip_config.json" {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                try scratch.write(text + String(repeating: "\n", count: number), to: "models/\(number)/\(name)")
            } else {
                try scratch.makeFolder("models/\(number)")
                try scratch.link("models/\(number)/\(name)", to: path)
            }
        }
        let analysis = try DemoAnalysis.analysis(model: .init(directory: scratch("models/\(number)")))
        try AnalysisStore(database.connect()).register(analysis, name: "trial \(number)")
        return analysis.id
    }

    private func catalog(
        keeping models: Int, observation: Observation = Observation()
    ) throws -> AnalysisCatalog {
        AnalysisCatalog(
            connection: try database.connect(), models: ModelLibrary(paths: [scratch("models")]), keeping: models,
            cache: DemoAnalysis.cache(in: scratch), log: DemoAnalysis.quiet, observation: observation)
    }

    private struct Unavailable: Error { let reason: String }

    private func model(of id: String, _ catalog: AnalysisCatalog) throws -> LoadedModel {
        switch try catalog.analysis(id) {
        case .loaded(let analysis): return analysis.model
        case .unavailable(let reason, _): throw Unavailable(reason: reason)
        }
    }

    /// Memory is bounded by the models in use, and not by how many a worker has seen.
    @Test func modelsThatNobodyUsesAnyMoreAreLetGo() throws {
        let ids = try (0..<4).map(analysis)
        let catalog = try catalog(keeping: 2)
        weak let first = try model(of: ids[0], catalog)
        #expect(first != nil)
        weak var second: LoadedModel?
        do {
            let held = try model(of: ids[1], catalog)
            second = held
            // Asked for again, so that the other is the one to go.
            #expect(try model(of: ids[0], catalog) === first)
            _ = try model(of: ids[2], catalog)
            #expect(first != nil && !catalog.keeps(ids[1]))
            #expect(second != nil, "a job holds it")
            #expect(try model(of: ids[1], catalog) === held, "and it is not loaded a second time")
        }
        _ = try model(of: ids[3], catalog)
        #expect(first == nil)
        #expect(ids.map(catalog.keeps) == [false, true, false, true])
        #expect(second != nil)
        _ = try model(of: ids[0], catalog)
        _ = try model(of: ids[2], catalog)
        #expect(second == nil)
    }

    /// What is stored for it can't be used, which only an operator mends: it is named, and its jobs wait.
    @Test func damagedEmbeddingsAreNamed() throws {
        let id = try analysis(0)
        _ = try model(of: id, catalog(keeping: 1))
        try database.connect().exec(
            "UPDATE entente.text_embeddings SET elements = set_byte(elements, 3, 1 # get_byte(elements, 3))")
        let observation = Observation()
        guard case .unavailable(let reason, _) = try catalog(keeping: 1, observation: observation).analysis(id) else {
            Issue.record("not unavailable")
            return
        }
        #expect(reason.contains("are damaged"))
        let problem = try #require(observation.unreadiness.first { $0.kind == .analysisUnreadable })
        #expect(problem.detail.contains(id) && problem.detail.contains("text_embeddings"))
    }

    /// What was calibrated with another model never fits this one: nobody waits for that.
    @Test func anotherModelsSmoothingIsForNobodyToWaitFor() throws {
        _ = try analysis(0)
        var method = DemoAnalysis.method
        method.precision = .int8
        let content = try Analysis(
            model: .init(directory: scratch("models/0")), classes: DemoAnalysis.classes,
            descriptors: DemoAnalysis.descriptors, templates: ["a photo of a {}."],
            descriptorTemplate: "a photo showing {}", method: method,
            smoothing: Smoothing(exponents: ["visual.elsewhere.weight": [1]]))
        try AnalysisStore(database.connect()).register(content, name: "elsewhere")
        let refusal = #expect(throws: JobError.self) { try catalog(keeping: 1).analysis(content.id) }
        #expect(refusal?.description.contains("visual.elsewhere.weight") == true)
    }

    /// A trained head that is not there yet keeps jobs waiting, as a model does; one of something else is for nobody to wait for.
    @Test func headsAreLookedForWhereModelsAre() throws {
        _ = try analysis(0)
        func register(_ head: PartMethod, as named: PartMethod) throws -> (id: String, folder: String) {
            var method = DemoAnalysis.method
            method.parts.by = [.kmeans, named]
            let folder = scratch("away/\(head.rawValue)-\(named.rawValue)")
            let content = try Analysis(
                model: .init(directory: scratch("models/0")), classes: DemoAnalysis.classes,
                descriptors: DemoAnalysis.descriptors, templates: ["a photo of a {}."],
                descriptorTemplate: "a photo showing {}", method: method,
                explainers: [named: DemoAnalysis.writeHead(head, to: folder)])
            try AnalysisStore(database.connect()).register(content, name: named.rawValue)
            return (content.id, folder)
        }
        func arrive(_ folder: String) throws {
            try scratch.makeFolder("models/heads")
            try FileManager.default.moveItem(
                atPath: folder, toPath: scratch("models/heads/\((folder as NSString).lastPathComponent)"))
        }
        let (id, folder) = try register(.mmCBM, as: .mmCBM)
        let observation = Observation()
        guard case .unavailable(let reason, _) = try catalog(keeping: 1, observation: observation).analysis(id) else {
            Issue.record("not unavailable")
            return
        }
        #expect(reason.contains("explainers.mm_cbm"))
        #expect(observation.unreadiness.contains { $0.kind == .modelMissing })
        try arrive(folder)
        _ = try model(of: id, catalog(keeping: 1))

        let (other, wrong) = try register(.featureMaps, as: .mmProtoSim)
        try arrive(wrong)
        let refusal = #expect(throws: JobError.self) { try catalog(keeping: 1).analysis(other) }
        #expect(refusal?.description.contains("it was trained with the baseline") == true)
    }
}
