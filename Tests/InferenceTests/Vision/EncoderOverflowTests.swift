import Testing

@testable import Inference

/// Models whose weights are finite and whose results are not.
@Suite struct EncoderOverflowTests {
    /// What a tensor's values are multiplied by, and the first result that it spoils.
    struct Case: CustomTestStringConvertible {
        let tensor: String
        let factor: Float
        let result: String
        var testDescription: String { "\(tensor) times \(factor)" }
    }

    private static let block = "visual.transformer.resblocks.1"

    @Test(arguments: [
        Case(tensor: "visual.proj", factor: 3e38, result: "embedding"),
        Case(tensor: "visual.conv1.weight", factor: 3e38, result: "embedding"),
        // Finite as they are, and too large to be normalised.
        Case(tensor: "visual.conv1.weight", factor: 1e25, result: "embedding"),
        Case(tensor: "visual.ln_post.weight", factor: 2e38, result: "embedding"),
        Case(tensor: "\(block).attn.in_proj_weight", factor: 3e38, result: "embedding"),
    ])
    func aPictureIsRefusedByWhatOverflows(_ spoiled: Case) throws {
        let model = RandomModel()
        let images = model.images(3)
        let sound = try model.load()
        let whole: PatchOutputs = [.tokens, .keys]
        let encoded = sound.vision.session(batchSize: 2).encode(images, including: whole)
        for image in images.indices { #expect(encoded.overflow(of: image, named: "a.png") == nil) }

        let broken = try model.load(factors: [spoiled.tensor: spoiled.factor])
        let result = broken.vision.session(batchSize: 2).encode(images, including: whole)
        for image in images.indices {
            let error = try #require(result.overflow(of: image, named: "folder/\(image).png"))
            #expect(error.code == .encoderOverflow)
            #expect(error.description.hasPrefix("folder/\(image).png: "))
            #expect(error.description.contains("whose \(spoiled.result) holds"))
        }
    }

    /// Each result by itself, of the picture that has it and of no other.
    @Test func everyResultIsLookedAt() {
        let sound = Matrix(rows: 2, columns: 3, repeating: 1)
        for value in [Float.nan, .infinity, -.infinity] {
            var broken = sound
            broken[1, 2] = value
            let cases: [(String, EncodedImages)] = [
                ("embedding", EncodedImages(embeddings: broken)),
                ("patch tokens", EncodedImages(embeddings: sound, patchTokens: [sound, broken])),
                ("patch keys", EncodedImages(embeddings: sound, patchKeys: [sound, broken])),
                ("dense patches", EncodedImages(embeddings: sound, densePatches: [sound, broken])),
                ("correlation of patches", EncodedImages(embeddings: sound, correlations: [sound, broken])),
            ]
            for (name, encoded) in cases {
                #expect(encoded.overflow(of: 0, named: "x") == nil)
                #expect(encoded.overflow(of: 1, named: "x")?.description.contains("\(name) holds \(value);") == true)
            }
        }
    }

    @Test(arguments: DenseMethod.allCases.filter { !$0.needsTexts })
    func aDenseMethodIsLookedAtToo(method: DenseMethod) throws {
        let model = RandomModel()
        let broken = try #require(model.load(factors: ["visual.proj": 3e38]).vision as? VisionTransformer)
        let encoded = broken.dense(method).session(batchSize: 1).encode(model.images(1), including: .dense)
        #expect(encoded.densePatches[0].elements.contains { !$0.isFinite })
        #expect(encoded.overflow(of: 0, named: "x") != nil)
    }

    @Test(arguments: [("text_projection", Float(3e38)), ("ln_final.weight", 2e38), ("positional_embedding", 3e38)])
    func aTextIsRefusedByItsWords(tensor: String, factor: Float) throws {
        let model = RandomModel()
        let text = try #require(model.load(factors: [tensor: factor]).text)
        let workspace = text.makeWorkspace(batchSize: 2)
        let rows = model.texts(3)
        #expect {
            try text.encode(rows, of: ["a heron", "a stork", "an egret"], in: workspace)
        } throws: { error in
            guard let error = error as? InferenceError else { return false }
            return error.code == .encoderOverflow
                && error.description.contains("on the text \"a heron\", whose embedding")
        }
        #expect {
            try text.encode(rows, in: workspace)
        } throws: { error in
            "\(error)".contains("on text 0, whose embedding")
        }
    }

    @Test func oneTextOfManyIsNamed() throws {
        // One token's embedding spoils the texts that hold it and no others.
        let model = RandomModel()
        let directory = try ScratchDirectory()
        try model.write(to: directory, factors: ["token_embedding.weight": 1])
        let path = "\(directory.path)/open_clip_model.safetensors"
        let file = try Safetensors(path: path)
        let declared = file.names.compactMap { name in
            file[name].map { SafetensorsWriter.Declaration(name, shape: $0.shape) }
        }
        let values = try file.names.map { ($0, try file.floats($0)) }
        let writer = try SafetensorsWriter(path: path, tensors: declared)
        for (name, all) in values {
            var all = all
            if name == "token_embedding.weight" {
                for column in 0..<model.textWidth { all[17 * model.textWidth + column] *= 3e38 }
            }
            try writer.append(all, to: name)
        }
        try writer.finish()
        let text = try #require(ClipModel.load(directory: directory.path).text)
        let last = Int32(model.vocabularySize - 1)
        func row(_ ids: [Int32]) -> [Int32] {
            [1] + ids + [last] + .init(repeating: 0, count: model.contextLength - 2 - ids.count)
        }
        let workspace = text.makeWorkspace(batchSize: 4)
        _ = try text.encode([row([3, 4]), row([5])], in: workspace)
        #expect {
            try text.encode(
                [row([3, 4]), row([5, 17]), row([6])], of: ["sound", "spoiled", "sound too"], in: workspace)
        } throws: { error in
            "\(error)".contains("the text \"spoiled\"")
        }
    }
}
