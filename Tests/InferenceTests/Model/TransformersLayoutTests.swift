import Foundation
import Testing

@testable import Inference

/// What is peculiar to the transformers layout; what it computes is the parity tests'.
@Suite struct TransformersLayoutTests {
    private static let golden = GoldenModel.clip.filter { $0.layout == .transformers }
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private static func configuration(
        _ golden: GoldenModel = golden[0], change: (inout [String: Any]) -> Void = { _ in }
    ) throws -> String {
        let json = try Data(contentsOf: URL(fileURLWithPath: golden.directory + "/config.json"))
        var object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        change(&object)
        return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    private static func changing(_ section: String, _ key: String, _ value: Any) throws -> String {
        try configuration { object in
            var fields = object[section] as? [String: Any] ?? [:]
            fields[key] = value
            object[section] = fields
        }
    }

    private func refusal(_ body: () throws -> Void) -> String {
        let error = #expect(throws: InferenceError.self) { try body() }
        return error?.description ?? ""
    }

    @Test(arguments: golden) func directoriesAreRead(golden: GoldenModel) throws {
        let opened = try ModelDirectory(golden.directory)
        #expect(opened.layout == .transformers)
        #expect(opened.configuration.activation == (golden.name.hasPrefix("quick") ? .quickGelu : .gelu))
        #expect(
            try ModelDirectory.files(of: golden.directory).configuration.map { $0.dropFirst(golden.directory.count) }
                == [
                    "/config.json", "/preprocessor_config.json",
                ])
        let preprocessing = try PreprocessConfiguration(json: [UInt8](opened.preprocessJSON), named: "x")
        #expect(preprocessing.mean == [0.4, 0.5, 0.6] && preprocessing.std == [0.2, 0.3, 0.25])
        #expect(preprocessing.interpolation == .bicubic && preprocessing.resizeMode == .shortest)
    }

    @Test func openClipsFilesComeFirst() throws {
        try directory.write(Self.configuration(), to: "config.json")
        #expect(try ModelDirectory(directory.path).layout == .transformers)
        try directory.write(RandomModel().configurationJSON, to: "open_clip_config.json")
        #expect(try ModelDirectory(directory.path).layout == .openClip)
    }

    @Test func olderFilesHaveCopiesThatTakePrecedence() throws {
        let json = try Self.configuration { object in
            object["text_config_dict"] = ["vocab_size": 77, "hidden_act": "quick_gelu"]
        }
        try directory.write(json, to: "config.json")
        let text = try #require(ModelDirectory(directory.path).configuration.text)
        // What the copy leaves out is the library's default, not the other section's.
        #expect(text.vocabularySize == 77 && text.contextLength == 77 && text.transformer.width == 512)
    }

    @Test func whatItCannotRunIsRefusedByName() throws {
        for (section, key, value, says) in [
            ("vision_config", "hidden_act", "relu", "config.vision_config.hidden_act is \"relu\""),
            ("text_config", "hidden_act", "gelu", "config.text_config.hidden_act is not the vision encoder's"),
            ("vision_config", "layer_norm_eps", 1e-6, "config.vision_config.layer_norm_eps is 1e-06"),
            ("vision_config", "num_channels", 4, "num_channels is 4"),
            ("text_config", "num_attention_heads", 5, "num_attention_heads is 5, which does not divide"),
            ("vision_config", "patch_size", 64, "patch_size is 64"),
            ("vision_config", "hidden_size", "wide", "hidden_size is \"wide\""),
        ] as [(String, String, Any, String)] {
            try directory.write(Self.changing(section, key, value), to: "config.json")
            #expect(refusal { _ = try ModelDirectory(directory.path) }.contains(says), "\(says)")
        }
        try directory.write(Self.configuration { $0["model_type"] = "siglip2" }, to: "config.json")
        #expect(refusal { _ = try ModelDirectory(directory.path) }.contains("config.model_type is “siglip2”"))
    }

    @Test func tensorsAreMissedUnderTheirOwnNames() throws {
        let golden = Self.golden[0]
        try directory.write(Self.configuration(), to: "config.json")
        let file = try Safetensors(path: golden.directory + "/model.safetensors")
        for name in ["visual_projection.weight", "vision_model.encoder.layers.1.self_attn.k_proj.bias", "logit_scale"] {
            let others = file.names.filter { $0 != name }
            let writer = try SafetensorsWriter(
                path: directory.path + "/model.safetensors",
                tensors: others.map { .init($0, shape: try #require(file[$0]).shape) })
            for other in others { try writer.append(file.floats(other), to: other) }
            try writer.finish()
            #expect(
                refusal { _ = try ClipModel.load(directory: directory.path) }.contains("tensor \(name): it is missing"))
        }
    }

    /// Three columns too many: open_clip leaves two of them on the left, transformers one.
    @Test func oddMarginsAreSplitAsTheLayoutsLibraryDoes() {
        let columns = (0..<4 * 7).flatMap { [UInt8](repeating: UInt8($0 % 7), count: 3) }
        let picture = Picture(width: 7, height: 4, pixels: columns)
        func firstColumn(_ rounding: CropRounding) -> UInt8 {
            var configuration = PreprocessConfiguration()
            configuration.cropRounding = rounding
            return Preprocessor(configuration: configuration, imageSize: 4).fit(picture, as: .official).pixels[0]
        }
        #expect(firstColumn(.halfToEven) == 2)
        #expect(firstColumn(.down) == 1)
    }

    @Test(arguments: [
        (#"{"resample": 2}"#, ["interpolation": "bilinear", "crop_rounding": "down"]),
        (#"{"size": 32, "crop_size": 32}"#, ["interpolation": "bicubic", "crop_rounding": "down"]),
        (
            #"{"size": {"height": 32, "width": 32}, "do_center_crop": false, "resample": 3}"#,
            ["interpolation": "bicubic", "resize_mode": "squash"]
        ),
    ]) func preprocessingIsTakenOver(json: String, expected: [String: String]) throws {
        try directory.write(Self.configuration(), to: "config.json")
        try directory.write(json, to: "preprocessor_config.json")
        let found = try ModelDirectory(directory.path).preprocessJSON
        #expect(try JSONDecoder().decode([String: String].self, from: found) == expected)
    }

    /// Where releases from 5 on write the settings: as the library itself has written the file.
    @Test func settingsOfAProcessorTakePrecedence() throws {
        let sides = try Self.changing("vision_config", "image_size", 48)
        try directory.write(sides, to: "config.json")
        try directory.copy(
            TextGolden.folder.deletingLastPathComponent().path + "/own-text/processor/processor_config.json",
            as: "processor_config.json")
        func read() throws -> PreprocessConfiguration {
            try PreprocessConfiguration(json: [UInt8](ModelDirectory(directory.path).preprocessJSON), named: "x")
        }
        func isTheProcessors(_ found: PreprocessConfiguration) -> Bool {
            found.mean == [0.1, 0.2, 0.3] && found.std == [0.4, 0.5, 0.6] && found.interpolation == .bilinear
                && found.cropRounding == .down
        }
        #expect(isTheProcessors(try read()))
        try directory.write(#"{"image_mean": [0.7, 0.7, 0.7], "size": 48}"#, to: "preprocessor_config.json")
        #expect(isTheProcessors(try read()))
        #expect(
            try ModelDirectory.files(of: directory.path).configuration.map { $0.dropFirst(directory.path.count) }
                == ["/config.json", "/preprocessor_config.json", "/processor_config.json"])
        // As releases before wrote the file, it says nothing of pictures.
        for older in [#"{"processor_class": "CLIPProcessor"}"#, #"{"image_processor": null}"#] {
            try directory.write(older, to: "processor_config.json")
            #expect(try read().mean == [0.7, 0.7, 0.7])
        }
    }

    @Test(arguments: [
        (#"{"image_processor": {"do_normalize": false}}"#, "processor.image_processor.do_normalize is false"),
        (
            #"{"image_processor": {"size": {"shortest_edge": 224}}}"#,
            "processor.image_processor.size is not the model's"
        ),
        (#"{"image_processor": [1]}"#, "processor.image_processor is [1], not an object"),
        ("[]", "processor is [], not an object"),
        (#"{"image_processor": {}, "image_processor": {}}"#, "“image_processor” occurs twice"),
    ]) func otherProcessorsAreRefused(json: String, says: String) throws {
        try directory.write(Self.configuration(), to: "config.json")
        try directory.write(json, to: "processor_config.json")
        let message = refusal { _ = try ModelDirectory(directory.path) }
        #expect(message.contains(says) && message.contains("processor_config.json"), "\(message)")
    }

    @Test(arguments: [
        (#"{"do_normalize": false}"#, "do_normalize is false"), (#"{"resample": 1}"#, "resample is 1"),
        (#"{"size": 40}"#, "preprocessor.size is not the model's image_size, 32"),
        (#"{"crop_size": 16}"#, "crop_size is not the model's image_size"), (#"{"size": "big"}"#, "size is \"big\""),
        (#"{"rescale_factor": 1}"#, "rescale_factor is 1"), (#"{"do_center_crop": false}"#, "do_center_crop is false"),
        (#"{"size": {"height": 32, "width": 32}}"#, "size has a height and a width"), ("[", "not JSON"),
    ]) func otherPreprocessingIsRefused(json: String, says: String) throws {
        try directory.write(Self.configuration(), to: "config.json")
        try directory.write(json, to: "preprocessor_config.json")
        #expect(refusal { _ = try ModelDirectory(directory.path) }.contains(says))
    }

    @Test func namesAreThoseOfTheLibrary() {
        let naming = TensorNaming.transformers
        #expect(
            naming.source(of: "visual.transformer.resblocks.11.attn.in_proj_bias")
                == .stacked(["q", "k", "v"].map { "vision_model.encoder.layers.11.self_attn.\($0)_proj.bias" }))
        #expect(
            naming.source(of: "transformer.resblocks.0.mlp.c_fc.weight")
                == .tensor("text_model.encoder.layers.0.mlp.fc1.weight"))
        #expect(naming.source(of: "text_projection") == .transposed("text_projection.weight"))
        #expect(TensorNaming.openClip.source(of: "visual.proj") == .tensor("visual.proj"))
    }
}
