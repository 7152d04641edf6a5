import Testing

@testable import Inference

/// Vision trunks in timm's naming, made by `tools/golden/timm_trunk.py`: Locality Alignment's, with soft-capped attention, and a plain
/// one.
@Suite struct TimmTrunkTests {
    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        + "/Golden/timm/"

    @Test(arguments: ["svit-quickgelu", "svit-cap-5-positions", "vit-plain"])
    func featuresAreTheReferences(name: String) throws {
        let model = try ClipModel.load(directory: Self.folder + name)
        let expected = try Safetensors(path: Self.folder + name + "/expected.safetensors")
        let images = try expected.slices("pixel_values")
        #expect(model.text == nil && model.vision.embeddingWidth == model.vision.width)
        let session = model.vision.session(batchSize: 2)
        let encoded = session.encode(images, including: [.tokens, .keys])
        let embeddings = try Agreement(encoded.embeddings, expected.matrix("image_embeddings"))
        #expect(embeddings.holds, "image embeddings: \(embeddings)")
        for (name, actual) in [("patch_tokens", encoded.patchTokens), ("patch_keys", encoded.patchKeys)] {
            for (actual, expected) in zip(actual, try expected.matrices(name)) {
                let agreement = try Agreement(actual, expected)
                #expect(agreement.holds, "\(name): \(agreement)")
            }
        }
        // The embedding alone stops the last block early.
        #expect(session.encode(images).embeddings == encoded.embeddings)
    }

    /// The cap is felt: without it the same weights give something else.
    @Test func theCapMatters() throws {
        let directory = try ScratchDirectory()
        let source = Self.folder + "svit-quickgelu"
        try directory.copy(source + "/model.safetensors", as: "model.safetensors")
        let json = try directory.read(source + "/config.json")
        try directory.write(json.replacing("\"svit_base", with: "\"vit_base"), to: "config.json")
        let (plain, capped) = try (ClipModel.load(directory: directory.path), ClipModel.load(directory: source))
        let images = try Safetensors(path: source + "/expected.safetensors").slices("pixel_values")
        func tokens(_ model: ClipModel) -> Matrix {
            model.vision.session(batchSize: 1).encode(images, including: .tokens).patchTokens[0]
        }
        #expect(try relativeDifference(tokens(plain), tokens(capped)) > 0.01)
    }

    /// Patches of a trunk are what its final norm leaves; its methods run, in the model's own width.
    @Test(arguments: DenseMethod.allCases.filter { !$0.needsTexts })
    func denseMethodsRunWithoutATextTower(method: DenseMethod) throws {
        let model = try ClipModel.load(directory: Self.folder + "svit-quickgelu")
        let vision = try #require(model.vision as? VisionTransformer)
        let images = try Safetensors(path: Self.folder + "svit-quickgelu/expected.safetensors").slices("pixel_values")
        let encoded = vision.dense(method).session(batchSize: 2).encode(images, including: .dense)
        #expect(encoded.densePatches.map(\.columns) == [48, 48] && encoded.densePatches[0].rows == 25)
        let isFinite = encoded.densePatches[0].elements.allSatisfy(\.isFinite)
        #expect(isFinite)
    }

    @Test(arguments: [
        (
            "\"svit_base_patch16_clip_quickgelu_224.openai\"", "\"svit_so400m_patch14_siglip_384\"",
            "svit_so400m_patch14_siglip_384"
        ),
        ("\"num_heads\": 3", "\"num_heads\": 5", "num_heads"), ("\"depth\"", "\"reg_tokens\"", "reg_tokens"),
        ("\"crop_pct\": 1.0", "\"crop_pct\": 0.9", "crop_pct"), ("\"depth\": 3", "\"depth\": 2", "blocks.2."),
        ("\"img_size\": 40", "\"img_size\": 4", "patch_size"),
    ])
    func whatIsNotImplementedIsRefusedByName(from: String, to: String, named: String) throws {
        let directory = try ScratchDirectory()
        let source = Self.folder + "svit-quickgelu"
        try directory.copy(source + "/model.safetensors", as: "model.safetensors")
        try directory.write(directory.read(source + "/config.json").replacing(from, with: to), to: "config.json")
        let error = #expect(throws: InferenceError.self) { try ClipModel.load(directory: directory.path) }
        #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
    }
}
