import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Analyzing

@Suite struct ModelLibraryTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// A folder of models as a machine may have it.
    private func shelf() throws -> String {
        try scratch.makeFolder("shelf")
        try scratch.link("shelf/b-demo", to: Checkout.model)
        try scratch.link("shelf/c-bare", to: Checkout.bareModel)
        try scratch.write("{}", to: "shelf/a-half-copied/open_clip_config.json")
        try scratch.write("x", to: "shelf/notes.txt")
        return scratch("shelf")
    }

    @Test func modelsAreFoundByWhatTheyHash() throws {
        let library = ModelLibrary(paths: ["/nowhere", try shelf()])
        let demo = try #require(try library.model(.init(directory: Checkout.model)))
        #expect(demo.embeddingWidth == 128)
        let bare = try #require(try library.model(.init(directory: Checkout.bareModel)))
        #expect(bare.directory.path == scratch("shelf/c-bare"))
        #expect(bare.embeddingWidth != demo.embeddingWidth)
    }

    @Test func aPathMayBeTheModelItself() throws {
        #expect(try ModelLibrary(paths: [Checkout.model]).model(.init(directory: Checkout.model)) != nil)
    }

    @Test func everyPartOfTheFingerprintHasToFit() throws {
        let library = ModelLibrary(paths: [Checkout.model])
        let real = try Analysis.ModelFingerprint(directory: Checkout.model)
        for other in [
            Analysis.ModelFingerprint(weights: "x", configuration: real.configuration, tokenizer: real.tokenizer),
            .init(weights: real.weights, configuration: "x", tokenizer: real.tokenizer),
            .init(weights: real.weights, configuration: real.configuration, tokenizer: "x"),
        ] {
            #expect(try library.model(other) == nil)
        }
        #expect(ModelMissing(weights: "abc").description.contains("ENTENTE_MODEL_PATH"))
        #expect(ModelMissing(weights: "abc").description.contains("abc"))
    }

    @Test func aModelThatComesLaterIsFound() throws {
        let fingerprint = try Analysis.ModelFingerprint(directory: Checkout.model)
        try scratch.makeFolder("shelf")
        let library = ModelLibrary(paths: [scratch("shelf")])
        #expect(try library.model(fingerprint) == nil)
        try scratch.link("shelf/late", to: Checkout.model)
        #expect(try library.model(fingerprint) != nil)
    }

    /// Weights take memory; lanes that ask together share them.
    @Test func aModelIsLoadedOnce() throws {
        let library = ModelLibrary(paths: [Checkout.model])
        let fingerprint = try Analysis.ModelFingerprint(directory: Checkout.model)
        let models = try concurrently(4) { _ in try library.model(fingerprint) }
        #expect(Set(models.map { $0.map { ObjectIdentifier($0.vision) } }).count == 1)
        #expect(models.allSatisfy { $0 != nil })
    }

    /// Weights in floats and the text encoder are in memory once, whatever forms of the model are in use.
    @Test func formsShareWhatTheyHaveInCommon() throws {
        let library = ModelLibrary(paths: [Checkout.model])
        let fingerprint = try Analysis.ModelFingerprint(directory: Checkout.model)
        let narrow = try #require(try library.model(fingerprint, in: VisionForm(.int8)))
        let floats = try #require(try library.model(fingerprint))
        let smoothed = try #require(try library.model(fingerprint, in: VisionForm(.int8, smoothing: .ofModel)))
        #expect(narrow.clip === floats.clip && smoothed.clip === floats.clip)
        #expect(floats.promptedVision === floats.vision)
        #expect(narrow.promptedVision !== floats.vision && smoothed.promptedVision !== narrow.promptedVision)
        #expect(try library.model(fingerprint, in: VisionForm(.int8)) === narrow)
    }

    @Test func aModelThatIsThereAndDamagedIsNamed() throws {
        for name in ["open_clip_config.json", "vocab.json", "merges.txt"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: Checkout.model + "/" + name))
            try scratch.write([UInt8](bytes), to: "damaged/" + name)
        }
        try scratch.write("no weights", to: "damaged/open_clip_model.safetensors")
        let library = ModelLibrary(paths: [scratch.path])
        let fingerprint = try Analysis.ModelFingerprint(directory: scratch("damaged"))
        let error = #expect(throws: InferenceError.self) { try library.model(fingerprint) }
        #expect(error?.description.contains(scratch("damaged")) == true)
    }
}
