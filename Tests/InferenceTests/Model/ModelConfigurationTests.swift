import Foundation
import Testing

@testable import Inference

@Suite struct ModelConfigurationTests {
    /// A `model_cfg` with one field set; `section` is nil, `vision_cfg` or `text_cfg`.
    private func parse(_ section: String? = nil, _ field: String = "", _ value: String = "") throws
        -> ModelConfiguration
    {
        let extra = field.isEmpty ? "" : ", \"\(field)\": \(value)"
        func text(_ name: String?) -> String { section == name ? extra : "" }
        let json = """
            {"embed_dim": 512\(text(nil)),
             "vision_cfg": {"ignored_by_nobody": 0\(text("vision_cfg"))},
             "text_cfg": {"ignored_by_nobody": 0\(text("text_cfg"))}}
            """.replacingOccurrences(of: "\"ignored_by_nobody\": 0, ", with: "")
            .replacingOccurrences(of: "\"ignored_by_nobody\": 0", with: "")
        let parsed = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8))
        return try ModelConfiguration(openClip: parsed, file: "config")
    }

    @Test func defaultsAreOpenClips() throws {
        let configuration = try parse()
        #expect(configuration.activation == .gelu)
        #expect(configuration.vision.imageSize == 224 && configuration.vision.shape?.patchSize == 16)
        #expect(
            configuration.vision.shape?.transformer
                == TransformerShape(width: 768, layers: 12, heads: 12, mlpWidth: 3072))
        #expect(configuration.text?.contextLength == 77 && configuration.text?.vocabularySize == 49408)
        #expect(
            configuration.text?.transformer == TransformerShape(width: 512, layers: 12, heads: 8, mlpWidth: 2048))
    }

    @Test func aListOfLayersIsAResNets() throws {
        let vision = try parse("vision_cfg", "layers", "[3, 4, 6, 3], \"width\": 64").vision
        #expect(vision == .resNet(ResNetShape(imageSize: 224, layers: [3, 4, 6, 3], width: 64, heads: 32)))
        #expect(!vision.hasKeys)
        for (layers, says) in [
            ("[3, 4, 6, 3], \"image_size\": 240", "image_size is 240; a ResNet needs a multiple of 32"),
            ("[3, 4, 6, 3], \"width\": 33", "width is 33; an even number"),
            ("[3, 4, 6, 3], \"head_width\": 5000, \"width\": 64", "head_width is 5000"),
            ("[3, 4, 0, 3]", "layers is [3, 4, 0, 3]; 4 whole numbers"),
        ] {
            let error = #expect(throws: InferenceError.self) { try parse("vision_cfg", "layers", layers) }
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
        }
    }

    @Test func derivedSizesAreRoundedAsOpenClipDoes() throws {
        // ViT-g-14: int(1408 · 4.3637), 1408 // 88 heads.
        #expect(try parse("vision_cfg", "mlp_ratio", "4.3637").vision.shape?.transformer.mlpWidth == Int(768 * 4.3637))
        // One head of 768 columns, since 768 // 500 = 1.
        #expect(try parse("vision_cfg", "head_width", "500").vision.shape?.transformer.headWidth == 768)
        #expect(try parse("vision_cfg", "image_size", "[378, 378]").vision.shape?.gridSize == 23)
        #expect(try parse(nil, "quick_gelu", "true").activation == .quickGelu)
    }

    @Test func aTrunkOfTimmsIsAConvNeXt() throws {
        let vision = """
            {"timm_model_name": "convnext_base", "timm_pool": "", "timm_proj": "mlp", "image_size": 320, "width": 7}
            """
        func parse(_ vision: String) throws -> ModelConfiguration {
            let json = #"{"embed_dim": 640, "vision_cfg": \#(vision), "text_cfg": {}}"#
            let value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8))
            return try ModelConfiguration(openClip: value, file: "c.json")
        }
        guard case .convNeXt(let shape) = try parse(vision).vision else {
            Issue.record("not a ConvNeXt")
            return
        }
        #expect(shape.trunk.depths == [3, 3, 27, 3] && shape.trunk.widths == [128, 256, 512, 1024])
        #expect(shape.gridSize == 10 && shape.features == 1024 && shape.projection == .perceptron)
        for (field, value) in [("timm_pool", "\"rot_attn\""), ("timm_proj", "\"none\""), ("image_size", "24")] {
            let changed = #"{"timm_model_name": "convnext_tiny", "\#(field)": \#(value)}"#
            let error = #expect(throws: InferenceError.self) { try parse(changed) }
            #expect(error?.description.contains("vision_cfg.\(field) is ") == true)
        }
    }

    @Test(
        arguments: [
            ("vision_cfg", "patch_dropout", "0.5"), ("vision_cfg", "timm_model_name", "null"),
            ("vision_cfg", "timm_pool", "\"avg\""), ("vision_cfg", "ls_init_value", "null"),
            ("vision_cfg", "attentional_pool", "false"), ("vision_cfg", "pos_embed_type", "\"sin_cos_2d\""),
            ("vision_cfg", "norm_kwargs", "{}"), ("vision_cfg", "pool_type", "\"tok\""),
            ("text_cfg", "hf_tokenizer_name", "null"), ("text_cfg", "pool_type", "\"argmax\""),
            ("text_cfg", "eos_id", "2"), ("text_cfg", "block_type", "\"default\""),
            ("text_cfg", "tokenizer_kwargs", "{}"), ("text_cfg", "tokenizer_kwargs", "null"),
            (
                "text_cfg", "tokenizer_kwargs",
                "{\"clean\": \"lower\", \"reduction_mask\": \"\", \"context_length\": 77}"
            ),
            ("text_cfg", "tokenizer_kwargs", "{\"additional_special_tokens\": null}"), (nil, "quick_gelu", "null"),
            (nil, "custom_text", "null"), (nil, "nonscalar_logit_scale", "null"), ("vision_cfg", "no_ln_pre", "null"),
            ("vision_cfg", "qk_norm", "null"), ("vision_cfg", "norm_kwargs", "{\"eps\": 1e-05}"),
            ("text_cfg", "proj_bias", "null"), ("text_cfg", "norm_kwargs", "null"), ("text_cfg", "embed_cls", "null"),
        ] as [(String?, String, String)])
    func neutralValuesAreAccepted(section: String?, field: String, value: String) throws {
        #expect(try parse(section, field, value) == parse())
    }

    @Test(
        arguments: [
            (nil, "brand_new", "1"),
            (nil, "quick_gelu", "1"), (nil, "quick_gelu", "\"yes\""),
            ("vision_cfg", "timm_model_name", "\"vit_base_patch16_224\""),
            ("vision_cfg", "timm_model_name", "\"naflexvit_base_patch16_gap\""), ("vision_cfg", "timm_model_name", "7"),
            ("vision_cfg", "layers", "[3, 4, 6]"),
            ("vision_cfg", "attentional_pool", "\"parallel\""),
            ("vision_cfg", "pos_embed_type", "\"none\""),
            ("vision_cfg", "output_tokens", "true"),
            ("vision_cfg", "input_patchnorm", "true"),
            ("vision_cfg", "block_type", "\"custom\""),
            ("vision_cfg", "qk_norm", "true"), ("vision_cfg", "scaled_cosine_attn", "true"),
            ("vision_cfg", "scale_heads", "true"), ("vision_cfg", "scale_attn_inner", "true"),
            ("vision_cfg", "scale_attn", "true"), ("vision_cfg", "scale_fc", "true"),
            ("vision_cfg", "image_size", "[224, 336]"), ("vision_cfg", "image_size", "0"),
            ("vision_cfg", "image_size", "true"), ("vision_cfg", "patch_size", "300"),
            ("vision_cfg", "patch_size", "1"),
            ("vision_cfg", "width", "9223372036854775807"), ("vision_cfg", "width", "-768"),
            ("vision_cfg", "width", "768.5"), ("vision_cfg", "width", "null"), ("vision_cfg", "head_width", "1000"),
            ("vision_cfg", "head_width", "0"), ("vision_cfg", "head_width", "100"), ("vision_cfg", "mlp_ratio", "0"),
            ("vision_cfg", "mlp_ratio", "1e300"), ("vision_cfg", "mlp_ratio", "0.0001"),
            ("vision_cfg", "mlp_ratio", "\"4\""),
            ("vision_cfg", "layers", "0"), ("vision_cfg", "brand_new", "null"),
            ("text_cfg", "hf_model_name", "\"roberta-base\""),
            ("text_cfg", "tokenizer_mode", "\"clean\""),
            ("text_cfg", "tokenizer_kwargs", "{\"clean\": \"canonicalize\"}"), ("text_cfg", "tokenizer_kwargs", "7"),
            ("text_cfg", "tokenizer_kwargs", "{\"reduction_mask\": \"random\"}"),
            ("text_cfg", "tokenizer_kwargs", "{\"context_length\": 76}"), ("text_cfg", "pool_type", "null"),
            ("text_cfg", "output_tokens", "true"), ("text_cfg", "final_ln_after_pool", "true"),
            ("text_cfg", "qk_norm", "true"),
            ("text_cfg", "heads", "7"), ("text_cfg", "heads", "0"), ("text_cfg", "context_length", "-1"),
            ("text_cfg", "vocab_size", "1e30"), ("text_cfg", "brand_new", "[]"),
            ("text_cfg", "act_kwargs", "{\"approximate\": \"erf\"}"), ("text_cfg", "norm_kwargs", "{\"eps\": 0}"),
            ("text_cfg", "pool_type", "\"none\""),
            ("vision_cfg", "timm_model_name", "\"vit_base_patch16_siglip_225\""),
            ("vision_cfg", "timm_model_name", "\"vit_base_patch16_siglip_gap_224\""),
            ("vision_cfg", "timm_model_name", "\"eva02_enormous_patch14_clip_224\""),
            ("vision_cfg", "pool_type", "\"none\""),
        ] as [(String?, String, String)])
    func whatIsNotImplementedIsRefusedByName(section: String?, field: String, value: String) {
        let error = #expect(throws: InferenceError.self) { try parse(section, field, value) }
        #expect(error?.code == .modelConfiguration)
        let path = (["model_cfg", section, field] as [String?]).compactMap { $0 }.joined(separator: ".")
        // Of an object the field in it.
        #expect(
            error?.description.hasPrefix("config: \(path) ") == true
                || value.hasPrefix("{") && error?.description.hasPrefix("config: \(path).") == true,
            "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("text_cfg", "\"proj_type\": \"none\", \"width\": 256", "text_cfg.width is 256, but without a projection"),
        (
            "text_cfg", "\"hf_tokenizer_name\": \"a/b\", \"tokenizer_kwargs\": {\"clean\": \"own_class\"}",
            "text_cfg.tokenizer_kwargs.clean is \"own_class\""
        ),
        (
            "text_cfg", "\"hf_tokenizer_name\": \"a/b\", \"tokenizer_kwargs\": {\"language\": \"fr\"}",
            "text_cfg.tokenizer_kwargs.language is \"fr\""
        ),
        (
            "text_cfg", "\"hf_tokenizer_name\": \"a/b\", \"tokenizer_mode\": \"clips\"",
            "text_cfg.tokenizer_mode is \"clips\""
        ),
        (
            "vision_cfg", "\"timm_model_name\": \"vit_base_patch16_siglip_384\", \"timm_pool\": \"map\"",
            "vision_cfg.image_size is 224, but timm_model_name says 384"
        ),
        (
            "vision_cfg", "\"timm_model_name\": \"vit_base_patch16_siglip_224\", \"timm_pool\": \"avg\"",
            "vision_cfg.timm_pool is “avg”; of this trunk only “map”"
        ),
        (
            "vision_cfg",
            "\"timm_model_name\": \"vit_base_patch16_siglip_224\", \"timm_pool\": \"map\", \"timm_proj\": \"none\"",
            "vision_cfg.timm_proj is \"none\", but the trunk's width is 768 and embed_dim 512"
        ),
        (
            "vision_cfg",
            "\"timm_model_name\": \"vit_base_patch16_siglip_224\", \"timm_pool\": \"map\", \"timm_proj\": \"mlp\"",
            "vision_cfg.timm_proj is \"mlp\""
        ),
    ]) func fieldsThatContradictAreNamed(section: String, fields: String, says: String) throws {
        let other = section == "text_cfg" ? "vision_cfg" : "text_cfg"
        let json = #"{"embed_dim": 512, "\#(section)": {\#(fields)}, "\#(other)": {}}"#
        let value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8))
        let error = #expect(throws: InferenceError.self) { try ModelConfiguration(openClip: value, file: "c.json") }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
}

extension ModelConfiguration.Vision {
    /// Of a transformer.
    fileprivate var shape: VisionTransformerShape? {
        if case .transformer(let shape) = self { shape } else { nil }
    }
}
