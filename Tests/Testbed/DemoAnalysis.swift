import Analyzing
import Concepts
import Foundation
import Inference
import Logging

/// A small analysis under the demo's model, loaded once a test process.
package enum DemoAnalysis {
    package static let classes = [
        Analysis.Class(id: "barn-dibbet", name: "barn dibbet"), .init(id: "cave-kibbit", name: "cave kibbit"),
        .init(id: "cliff-thrum", name: "cliff thrum"),
    ]
    package static let descriptors: [Identifier] = [
        "a round body", "a striped body", "a triangular body", "a zigzag body", "a spiky brown crest",
        "large blue eyes",
        "round pink ears", "a round white snout", "a long purple trunk", "purple flippers", "feathered yellow wings",
        "a white tail like a fan",
    ]

    package static var method: MethodParameters {
        var method = MethodParameters()
        method.foreground.crf = nil
        method.parts.by = [.kmeans]
        method.parts.count = 3
        method.retrieval.candidates = 6
        method.language.count = 4
        return method
    }

    package static func analysis(
        templates: [String] = ["a photo of a {}."], descriptorTemplate: String = "a photo showing {}",
        model: Analysis.ModelFingerprint? = nil, method: MethodParameters = Self.method
    ) throws -> Analysis {
        try Analysis(
            model: model ?? .init(directory: Checkout.model), classes: classes, descriptors: descriptors,
            templates: templates, descriptorTemplate: descriptorTemplate, method: method)
    }

    private static let model = Result { try LoadedModel(directory: Checkout.model) }
    private static let loaded = Result { try load(method) }

    private static func load(_ method: MethodParameters) throws -> LoadedAnalysis {
        BLAS.prepareForLanes()
        let model =
            method.precision == .fp32
            ? try model.get() : try LoadedModel(directory: Checkout.model, form: VisionForm(method.precision))
        let content = try analysis(method: method)
        let scratch = try ScratchFolder()
        let builder = TextSideBuilder(cache: cache(in: scratch), shared: nil)
        return try withExtendedLifetime(scratch) {
            try LoadedAnalysis(content, model: model, text: builder.build(content, model: model))
        }
    }

    package static func shared() throws -> LoadedAnalysis { try loaded.get() }

    /// As ``shared()``, with other parameters.
    package static func shared(_ change: (inout MethodParameters) -> Void) throws -> LoadedAnalysis {
        var method = method
        change(&method)
        return try load(method)
    }

    package static func cache(in scratch: ScratchFolder, _ name: String = "cache") -> TextCache {
        TextCache(environment: ["XDG_CACHE_HOME": scratch(name)], log: quiet)
    }

    /// A logger that says nothing.
    package static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// The first of the demo's held-out pictures, one of each of the classes.
    package static let pictures = classes.map { pictures(of: $0.id.text)[0] }

    package static func pictures(of id: String) -> [String] {
        let folder = Checkout.demo + "/heldout/" + id
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { folder + "/" + $0 }
    }

    package static func prepared(_ path: String, label: Int? = nil) throws -> PreparedImage {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let picture = try ImageDecoder.decode(bytes, named: path, limits: DecodingLimits())
        return try PreparedImage(
            id: Identifier(path), label: label, picture: shared().fit(picture),
            contentHash: [UInt8](repeating: 1, count: 32))
    }
}
