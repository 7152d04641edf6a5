import Testing

@testable import Inference

@Suite struct PreprocessConfigurationTests {
    private func parse(_ json: String) throws(InferenceError) -> PreprocessConfiguration {
        try PreprocessConfiguration(json: Array(json.utf8), named: "open_clip_config.json")
    }

    @Test func missingKeysTakeDefaults() throws {
        let defaults = PreprocessConfiguration()
        #expect(defaults.mean == [0.48145466, 0.4578275, 0.40821073])
        #expect(defaults.std == [0.26862954, 0.26130258, 0.27577711])
        #expect(defaults.interpolation == .bicubic && defaults.resizeMode == .shortest && defaults.fillColor == 0)
        #expect(try parse("{}") == defaults)
        #expect(
            try parse(#"{"mean": null, "std": null, "interpolation": null, "resize_mode": null, "size": null}"#)
                == defaults)
    }

    @Test func everyKeyIsRead() throws {
        let given = try parse(
            #"{"mean": [0.1, 0.2, 0.3], "std": 0.5, "interpolation": "bilinear", "resize_mode": "longest", "#
                + #""fill_color": 127, "size": [336, 336], "mode": "RGB", "later_key": {}}"#)
        #expect(
            given
                == PreprocessConfiguration(
                    mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 0.5], interpolation: .bilinear, resizeMode: .longest,
                    fillColor: 127, size: 336))
        #expect(try parse(#"{"interpolation": "random", "size": 224}"#).interpolation == .bicubic)
    }

    @Test func aColourOfEqualLevelsIsALevel() throws {
        #expect(try parse(#"{"fill_color": [127, 127, 127]}"#) == parse(#"{"fill_color": 127}"#))
        #expect(try parse(#"{"fill_color": [0]}"#) == parse(#"{"fill_color": null}"#))
    }

    @Test(arguments: [
        (#"{"interpolation": "lanczos"}"#, "interpolation \"lanczos\""),
        (#"{"interpolation": 3}"#, "interpolation must"),
        (#"{"resize_mode": "stretch"}"#, "resize_mode \"stretch\""), (#"{"mode": "L"}"#, "mode \"L\""),
        (#"{"mean": [1, 2]}"#, "mean must"), (#"{"mean": "0.5"}"#, "mean must"),
        (#"{"std": [0.1, 0, 0.1]}"#, "std must"),
        (#"{"fill_color": 256}"#, "fill_color must"), (#"{"fill_color": 0.5}"#, "fill_color must"),
        (#"{"fill_color": [0, 0, 1]}"#, "fill_color must"), (#"{"fill_color": [9, 9]}"#, "fill_color must"),
        (#"{"size": [224, 336]}"#, "size must"), (#"{"size": 0}"#, "size must"), (#"{"size": []}"#, "size must"),
        ("[]", " is not a JSON object"), ("{", " is not a JSON object"), ("", " is not a JSON object"),
    ])
    func nonsenseIsRefusedByName(_ json: String, _ words: String) throws {
        let error = try #require(throws: InferenceError.self) { try parse(json) }
        #expect(error.code == .modelConfiguration)
        #expect(error.description.hasPrefix("open_clip_config.json: preprocess_cfg"))
        #expect(error.description.contains(words), "\(error)")
    }
}
