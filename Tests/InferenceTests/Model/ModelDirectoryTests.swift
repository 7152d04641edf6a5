import Foundation
import Testing

@testable import Inference

@Suite struct ModelDirectoryTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private func refusal(_ code: InferenceError.Code, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let error = #expect(throws: InferenceError.self, sourceLocation: sourceLocation) {
            try ClipModel.load(directory: directory.path)
        }
        #expect(error?.code == code, "\(error?.description ?? "")", sourceLocation: sourceLocation)
        return error?.description ?? ""
    }

    @Test func readsAnOpenClipDirectory() throws {
        let model = RandomModel()
        try model.write(to: directory)
        let opened = try ModelDirectory(directory.path)
        #expect(opened.layout == .openClip)
        #expect(opened.weightsPath == "\(directory.path)/open_clip_model.safetensors")
        #expect(opened.configurationPath == "\(directory.path)/open_clip_config.json")
        #expect(try JSONDecoder().decode([String: Int].self, from: opened.preprocessJSON) == ["size": 32])
        let loaded = try ClipModel.load(opened)
        #expect(loaded.configuration == opened.configuration)
        #expect(loaded.vision.imageSize == 32 && loaded.vision.width == 32 && loaded.vision.embeddingWidth == 16)
        #expect(loaded.vision.gridHeight == 4 && loaded.vision.gridWidth == 4)
        #expect(loaded.text?.contextLength == 12 && loaded.text?.vocabularySize == 60)
    }

    @Test func saysWhatADirectoryLacks() throws {
        #expect(refusal(.unreadableFile).contains("holds no open_clip_config.json and no config.json"))
        try directory.write("{}", to: "config.json")
        #expect(refusal(.modelConfiguration).contains("config.json: config.vision_config is missing"))
        try directory.write(RandomModel().configurationJSON, to: "open_clip_config.json")
        #expect(refusal(.unreadableFile).contains("open_clip_model.safetensors"))
    }

    @Test(arguments: [
        ("", "not JSON"), ("{", "not JSON"), ("[1]", "not a JSON object"), ("{}", "model_cfg is missing"),
        ("{\"model_cfg\": 3}", "model_cfg is 3, not an object"),
        ("{\"model_cfg\": {}}", "model_cfg.embed_dim is missing"),
        ("{\"model_cfg\": {\"embed_dim\": 8}}", "model_cfg.vision_cfg is missing"),
    ])
    func refusesDamagedConfigurations(json: String, reason: String) throws {
        try directory.write(json, to: "open_clip_config.json")
        let message = refusal(.modelConfiguration)
        #expect(message.contains(reason) && message.contains("open_clip_config.json"), "\(message)")
    }

    @Test func everyTensorIsMissedByName() throws {
        let model = RandomModel(layers: 1, textLayers: 1)
        for (name, _) in model.tensors {
            try model.write(to: directory) { $0.filter { $0.name != name } }
            #expect(refusal(.modelTensor).contains("tensor \(name): it is missing"))
        }
    }

    @Test func everyMisshapenTensorIsNamed() throws {
        let model = RandomModel(layers: 1, textLayers: 1)
        for (name, shape) in model.tensors {
            // The same values under another shape, and a few more values.
            let reshaped = shape.isEmpty ? [1] : [shape.reduce(1, *), 1]
            let longer = shape.isEmpty ? [2] : [shape[0] + 1] + shape.dropFirst()
            for other in [reshaped, longer] {
                try model.write(to: directory) { $0.map { $0.name == name ? (name, other) : ($0.name, $0.shape) } }
                #expect(refusal(.modelTensor).contains("tensor \(name) has shape \(other)"))
            }
        }
    }

    @Test func extraTensorsAreNamed() throws {
        let model = RandomModel()
        try model.write(to: directory) { $0 + [("visual.transformer.resblocks.2.ln_1.weight", [32])] }
        #expect(refusal(.modelTensor).contains("tensor visual.transformer.resblocks.2.ln_1.weight is not part of"))
        try model.write(to: directory) { $0 + [("logit_bias", []), ("zebra", [2])] }
        #expect(refusal(.modelTensor).contains("tensor logit_bias and 1 more are not part of"))
        // A buffer that older files carry, which holds no weights.
        try model.write(to: directory) { $0 + [("attn_mask", [12, 12])] }
        _ = try ClipModel.load(directory: directory.path)
    }

    @Test func picturesMayBePreparedByDefault() throws {
        for section in [#""preprocess_cfg": null"#, #""preprocess_cfg": {}"#] {
            try RandomModel().write(to: directory)
            let json = RandomModel().configurationJSON.replacing(#""preprocess_cfg": {"size": 32}"#, with: section)
            try directory.write(json, to: "open_clip_config.json")
            #expect(try ModelDirectory(directory.path).preprocessJSON == Data("{}".utf8), "\(section)")
        }
    }

    /// What hubs, proxies and wrappers leave where a file was meant.
    @Test(arguments: [
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:11\nsize 12\n", "is a Git LFS pointer",
            "git lfs pull"
        ),
        ("\n<html><head><title>403</title>", "is an HTML page, as a login", "fetch the file itself"),
        ("<?xml version=\"1.0\"?><Error/>", "is an XML document", "fetch the file itself"),
    ]) func whatStandsInForAFileIsNamed(text: String, name: String, mend: String) throws {
        try RandomModel().write(to: directory)
        try directory.write(text, to: "open_clip_model.safetensors")
        let weights = refusal(.modelTensor)
        try directory.write(text, to: "open_clip_config.json")
        let configuration = refusal(.modelConfiguration)
        for message in [weights, configuration] {
            #expect(message.contains(name.dropFirst(3)) && message.contains(mend), "\(message)")
            #expect(!message.contains("claims") && !message.contains("at byte"))
        }
    }

    @Test func anArchiveOfPyTorchIsNamed() throws {
        try RandomModel().write(to: directory)
        try directory.write("PK\u{3}\u{4}archive/data.pkl", to: "open_clip_model.safetensors")
        #expect(refusal(.modelTensor).contains("entente models convert"))
    }

    @Test(
        arguments: [
            (["pytorch_model.bin"], "call it “open_clip_pytorch_model.bin”"),
            (["weights.pt"], "“weights.pt” lies there"),
            (["model.safetensors"], "“model.safetensors” lies there: if it is of this model"),
            (["model.safetensors.index.json", "model-00001-of-00002.safetensors"], "several files (shards)"),
            (["pytorch_model.bin.index.json", "pytorch_model-00001-of-00009.bin"], "several files (shards)"),
            (["a-00001-of-00002.safetensors", "a-00002-of-00002.safetensors"], "several files (shards)"),
            ([], "put the model's weights there"),
        ] as [([String], String)]) func whatLiesThereInsteadOfWeightsIsNamed(names: [String], says: String) throws
    {
        try directory.write(RandomModel().configurationJSON, to: "open_clip_config.json")
        for name in names { try directory.write("x", to: name) }
        let message = refusal(.unreadableFile)
        #expect(message.contains("open_clip_model.safetensors: can't be read") && message.contains(says), "\(message)")
    }

    @Test(arguments: ["module.", "_orig_mod.", "model.clip."]) func namesOfWrappersAreNamed(prefix: String) throws {
        try RandomModel().write(to: directory) { $0.map { (prefix + $0.name, $0.shape) } }
        let message = refusal(.modelTensor)
        #expect(message.contains("all names there begin with “\(prefix)”"), "\(message)")
    }
}
