import Foundation
import Testing

@testable import Inference

/// What is peculiar to SigLIP in the transformers layout; what it computes is the parity tests'.
@Suite struct SiglipLayoutTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func read(_ configuration: String, preprocessor: String? = nil) throws -> ModelDirectory {
        try directory.write(configuration, to: "config.json")
        if let preprocessor { try directory.write(preprocessor, to: "preprocessor_config.json") }
        return try ModelDirectory(directory.path)
    }

    /// Published files say next to nothing.
    @Test func whatIsLeftOutIsTheLibrarys() throws {
        let model = try read(
            #"{"model_type": "siglip", "text_config": {"vocab_size": 256000}, "vision_config": {"image_size": 512}}"#)
        guard case .transformer(let vision) = model.configuration.vision else {
            Issue.record("no transformer")
            return
        }
        #expect(vision.gridSize == 32 && vision.classRows == 0 && vision.hasPatchBias && !vision.hasInputNorm)
        #expect(vision.pooling == .latent(LatentPoolShape(heads: 12, mlpWidth: 3072)))
        let text = try #require(model.configuration.text)
        #expect(text.contextLength == 64 && text.vocabularySize == 256_000 && !text.isCausal && text.pooling == .last)
        for body in [vision.transformer, text.transformer] {
            #expect(
                body
                    == TransformerShape(
                        width: 768, layers: 12, heads: 12, mlpWidth: 3072, activation: .tanhGelu, epsilon: 1e-6))
        }
        #expect(model.configuration.embeddingWidth == 768 && model.configuration.score == .sigmoid)
        let bare = try read(#"{"model_type": "siglip"}"#)
        #expect(bare.configuration.text?.vocabularySize == 32000 && bare.configuration.vision.imageSize == 224)
    }

    @Test(
        arguments: [
            (nil, ResampleFilter.bicubic), (#"{"resample": 2}"#, .bilinear), ("{}", .bicubic),
            (#"{"do_center_crop": null, "size": {"height": 224, "width": 224}, "resample": 3}"#, .bicubic),
            (#"{"image_mean": [0.5, 0.5, 0.5], "size": {"height": 224, "width": 224}, "resample": 2}"#, .bilinear),
        ] as [(String?, ResampleFilter)]) func picturesAreSquashed(json: String?, filter: ResampleFilter) throws
    {
        let model = try read(#"{"model_type": "siglip"}"#, preprocessor: json)
        let found = try PreprocessConfiguration(json: [UInt8](model.preprocessJSON), named: "x")
        #expect(found.resizeMode == .squash && found.interpolation == filter)
        #expect(found.mean == [0.5, 0.5, 0.5] && found.std == [0.5, 0.5, 0.5])
    }

    @Test(arguments: [
        (#""vision_config": {"vision_use_head": false}"#, "vision_config.vision_use_head is false"),
        (
            #""vision_config": {"hidden_size": 1152}"#,
            "text_config.projection_size is 768, but the image embeddings have 1152"
        ),
        (#""text_config": {"hidden_act": "relu"}"#, "text_config.hidden_act is “relu”"),
        (#""text_config": {"num_attention_heads": 7}"#, "text_config.num_attention_heads is 7, which does not divide"),
        (#""vision_config": {"patch_size": 300}"#, "vision_config.patch_size is 300"),
    ]) func whatItCannotRunIsRefusedByName(fields: String, says: String) throws {
        let error = #expect(throws: InferenceError.self) { try read(#"{"model_type": "siglip", \#(fields)}"#) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }

    /// Every file that ids depend on is among those that are hashed, and none of another model's.
    @Test func tokenizersFilesAreThoseOfItsKind() throws {
        let names = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt"]
        for name in names { try directory.write("{}", to: name) }
        func hashed(_ configuration: String, _ name: String) throws -> [String] {
            try directory.write(configuration, to: name)
            return try ModelDirectory.files(of: directory.path).tokenizer.map {
                String($0.dropFirst(directory.path.count + 1))
            }
        }
        let files = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]
        #expect(try hashed(#"{"model_type": "siglip"}"#, "config.json") == files)
        let text = #""text_cfg": {"hf_tokenizer_name": "a/b"}"#
        let own = #"{"model_cfg": {"embed_dim": 8, "vision_cfg": {}, \#(text)}}"#
        #expect(try hashed(own, "open_clip_config.json") == files)
        // CLIP's stay what they were, whatever lies beside them.
        let clip = #"{"model_cfg": {"embed_dim": 8, "vision_cfg": {}, "text_cfg": {}}}"#
        #expect(try hashed(clip, "open_clip_config.json") == ["vocab.json", "merges.txt"])
        try FileManager.default.removeItem(atPath: "\(directory.path)/vocab.json")
        #expect(try hashed(clip, "open_clip_config.json") == ["tokenizer.json"])
    }
}
