import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Analyzing

/// Trained heads on disk: found by their hash, refused where they do not belong, and at work in an analysis.
@Suite struct HeadFileTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func write(_ method: PartMethod, to name: String) throws -> String {
        try DemoAnalysis.writeHead(method, to: scratch(name))
        return scratch(name)
    }

    private func hash(_ folder: String) throws -> String { try FileDigest.sha256([folder + "/" + HeadFile.name]) }

    /// The demo's analysis with heads beside its own parts.
    private func analysis(
        _ methods: [PartMethod], _ change: (inout MethodParameters) -> Void = { _ in }
    ) throws -> LoadedAnalysis {
        let plain = try DemoAnalysis.shared()
        let folders = try Dictionary(
            uniqueKeysWithValues: methods.map { ($0, try write($0, to: $0.rawValue)) })
        var method = plain.analysis.method
        method.parts.by = [.kmeans] + methods
        change(&method)
        let content = Analysis(
            model: plain.analysis.model, classes: plain.analysis.classes, descriptors: plain.analysis.descriptors,
            templates: plain.analysis.templates, descriptorTemplate: plain.analysis.descriptorTemplate,
            method: method, explainers: try folders.mapValues(hash))
        let text = try TextSideBuilder(cache: DemoAnalysis.cache(in: scratch), shared: nil)
            .build(content, model: plain.model)
        let library = HeadLibrary(paths: ["/nowhere", scratch.path])
        let heads = try HeadFile.heads(of: content, model: plain.model, text: text) { method, hash in
            guard let folder = library.folder(hash) else { throw HeadMissing(method, hash: hash) }
            return folder
        }
        return try LoadedAnalysis(content, model: plain.model, text: text, heads: heads)
    }

    @Test func headsAreFoundByTheirHash() throws {
        let near = try write(.mmCBM, to: "near"), far = try write(.featureMaps, to: "a/b")
        let library = HeadLibrary(paths: [scratch.path])
        #expect(try library.folder(hash(near)) == near)
        #expect(try library.folder(hash(far)) == far)
        #expect(try HeadLibrary(paths: [near]).folder(hash(near)) == near)
        #expect(library.folder("0") == nil)
        // One that comes later is found, too.
        let late = try write(.mmProtoSim, to: "late")
        let there = try hash(late)
        #expect(library.folder(there) == late)
        // And one that has gone, or is another one now, is not.
        try FileManager.default.removeItem(atPath: late)
        #expect(library.folder(there) == nil)
        try DemoAnalysis.writeHead(.mmCBM, to: late)
        #expect(library.folder(there) == nil)
        #expect(HeadMissing(.mmCBM, hash: "abc").description.contains("ENTENTE_MODEL_PATH"))
    }

    @Test func neighboursChangeNothingAndOtherPartsStay() throws {
        let images = try DemoAnalysis.pictures.enumerated().map { try DemoAnalysis.prepared($1, label: $0) }
        let loaded = try analysis([.mmCBM, .mmProtoSim, .featureMaps]) { method in
            method.evaluation = .init()
            method.evaluation?.faithfulness = .init()
        }
        let together = try ImageAnalyzer(loaded, batchSize: 16).findings(images)
        #expect(try ImageAnalyzer(loaded, batchSize: 2).findings(images.reversed()) == together.reversed())
        let plain = try ImageAnalyzer(DemoAnalysis.shared(), batchSize: 16).findings(images)
        for (found, own) in zip(together, plain) {
            #expect(found.partMethods.map(\.key) == ["kmeans", "mm_cbm", "mm_protosim", "feature_maps"])
            #expect(found.partMethods.first == own.partMethods.first && found.top == own.top)
            for key in found.partMethods.map(\.key) {
                let curves = found.judged.filter { $0.subject == key }
                #expect(curves.count == 4 * 3 && curves.allSatisfy { $0.steps == 3 })
            }
        }
    }

    @Test func aHeadOfSomethingElseIsRefused() throws {
        let plain = try DemoAnalysis.shared()
        let file = try HeadFile(folder: write(.mmCBM, to: "head"))
        #expect(file.refusal(of: .mmCBM, in: plain.analysis) == nil)
        #expect(file.refusal(of: .mmProtoSim, in: plain.analysis)?.contains("with the baseline “mm_cbm”") == true)
        var method = plain.analysis.method
        method.features = .keys
        let keys = try DemoAnalysis.analysis(method: method)
        #expect(
            file.refusal(of: .mmCBM, in: keys)?.contains("the features “tokens”, and here it is “keys”") == true)
        let worded = try DemoAnalysis.analysis(descriptorTemplate: "{}")
        #expect(file.refusal(of: .mmCBM, in: worded)?.contains("descriptor_template") == true)
        #expect(throws: InferenceError.self) {
            try file.head(.mmProtoSim, of: plain.analysis, model: plain.model, text: DemoText.side(plain, scratch))
        }
    }

    @Test func whatIsNoHeadIsSaidToBeNone() throws {
        let plain = try DemoAnalysis.shared()
        let empty = try scratch.makeFolder("empty")
        let missing = #expect(throws: InferenceError.self) { try HeadFile(folder: empty) }
        #expect("\(missing!)".contains("name a folder that entente train has written a head into"))
        let other = try scratch.makeFolder("other")
        let writer = try SafetensorsWriter(path: other + "/" + HeadFile.name, tensors: [.init("x", shape: [1])])
        try writer.append([Float(1)], to: "x")
        try writer.finish()
        #expect(try HeadFile(folder: other).refusal(of: .mmCBM, in: plain.analysis)?.contains("says no format") == true)

        // The right metadata over the wrong tensors.
        let bent = try scratch.makeFolder("bent")
        var notes = HeadIdentity(.featureMaps, of: plain.analysis).metadata
        notes["settings"] = "{}"
        for settings in ["{}", String(decoding: try JSONEncoder().encode(HeadSettings()), as: UTF8.self)] {
            notes["settings"] = settings
            let writer = try SafetensorsWriter(
                path: bent + "/" + HeadFile.name, tensors: [.init("labeler.weight", shape: [1])], metadata: notes)
            try writer.append([Float(1)], to: "labeler.weight")
            try writer.finish()
            #expect(throws: InferenceError.self) {
                try HeadFile(folder: bent).head(
                    .featureMaps, of: plain.analysis, model: plain.model, text: DemoText.side(plain, scratch))
            }
        }
    }

    @Test func headsThatAreNotNamedAreAProblem() throws {
        var method = DemoAnalysis.method
        method.parts.by = [.mmCBM]
        let content = try DemoAnalysis.analysis(method: method)
        let model = try DemoAnalysis.shared().model
        #expect(model.directory.configuration.refusal(of: content)?.contains("explainers.mm_cbm") == true)
    }
}

private enum DemoText {
    static func side(_ loaded: LoadedAnalysis, _ scratch: ScratchFolder) throws -> TextSide {
        try TextSideBuilder(cache: DemoAnalysis.cache(in: scratch), shared: nil)
            .build(loaded.analysis, model: loaded.model)
    }
}
