import Foundation
import Testing

@testable import Inference

/// What CoCa has and no CLIP: a pool with queries of its own, a learnt row behind the tokens, a decoder beside both encoders.
@Suite struct AttentionalPoolTests {
    private static func parse(vision: String = "{}", text: String = "{}", rest: String = "") throws
        -> ModelConfiguration
    {
        let json = #"{"embed_dim": 512, "vision_cfg": \#(vision), "text_cfg": \#(text)\#(rest)}"#
        let value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8))
        return try ModelConfiguration(openClip: value, file: "c.json")
    }

    @Test func itsFieldsAreRead() throws {
        let whole = try Self.parse(
            vision: #"{"attentional_pool": true, "attn_pooler_queries": 9, "output_tokens": true}"#,
            text: #"{"embed_cls": true, "pad_id": 7, "context_length": 76, "output_tokens": true}"#,
            rest: #", "custom_text": true, "multimodal_cfg": {"layers": 12}"#)
        guard case .transformer(let shape) = whole.vision else {
            Issue.record("no transformer")
            return
        }
        #expect(shape.pooling == .latent(LatentPoolShape(heads: 8, mlpWidth: nil, queries: 9)))
        #expect(whole.text?.learntRowBehind == 7 && whole.text?.longestText == 77)
        #expect(whole.naming.isBuffer("text_decoder.ln_final.weight"))
        #expect(try !Self.parse().naming.isBuffer("text_decoder.ln_final.weight"))
        #expect(try Self.parse(text: #"{"pad_id": 7}"#).text?.learntRowBehind == nil)
    }

    @Test(arguments: [
        (
            #"{"attentional_pool": true, "pool_type": "avg"}"#, "{}", "",
            "vision_cfg.pool_type is \"avg\"; of an attentional_pool"
        ),
        (
            #"{"attentional_pool": true, "attn_pooler_heads": 7}"#, "{}", "",
            "vision_cfg.attn_pooler_heads is 7, which does not divide embed_dim"
        ),
        (
            #"{"attentional_pool": true, "width": 256}"#, "{}", "",
            "vision_cfg.attentional_pool is true, and embed_dim, 512,"
        ),
        ("{}", #"{"embed_cls": true, "no_causal_mask": true}"#, "", "text_cfg.no_causal_mask is true"),
        ("{}", #"{"embed_cls": true, "pad_id": -1}"#, "", "text_cfg.pad_id is -1"),
        ("{}", "{}", #", "multimodal_cfg": {}"#, "model_cfg.custom_text is not true"),
        (
            "{}", #"{"hf_model_name": "roberta-base", "output_tokens": true}"#,
            #", "custom_text": true, "multimodal_cfg": {}"#, "text_cfg.hf_model_name is \"roberta-base\""
        ),
    ]) func whatIsMissingIsNamed(vision: String, text: String, rest: String, says: String) throws {
        let error = #expect(throws: InferenceError.self) {
            try Self.parse(vision: vision, text: text, rest: rest)
        }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }

    /// Rows one place behind padding are seen by none, whatever they hold; the learnt one sees itself only behind a last token.
    @Test(
        arguments: [
            ([5, 6, 9, 0, 0, 0], [0, 1, 2, 3, 6], false), ([5, 0, 6, 0, 9, 8], [0, 1, 3, 5, 6], true),
            ([0, 5, 0, 0, 6, 0], [0, 2, 5, 6], false), ([5, 6, 7, 8, 9, 4], [0, 1, 2, 3, 4, 5, 6], true),
            ([0, 0, 0, 0, 0, 0], [0, 6], false),
        ] as [([Int32], [Int], Bool)])
    func rowsBehindPaddingAreLeftOut(tokens: [Int32], positions: [Int], seesItself: Bool) {
        let rows = TokenRows(tokens, learntRowBehind: 0)
        #expect(rows.rows.map(\.position) == positions)
        #expect(rows.rows.dropLast().allSatisfy { $0.token == tokens[$0.position] })
        #expect(rows.pooled == positions.count - 1 && rows.seesPooled == seesItself)
    }

    /// As ``LatentPoolDenseTests`` has it for a pool without a class token.
    @Test(arguments: DenseMethod.allCases, ["coca-f16", "coca-even-bf16", "eva02-f16"])
    func denseMethodsRun(method: DenseMethod, name: String) throws {
        let golden = try #require(GoldenModel.families.first { $0.name == name })
        let model = try golden.load()
        #expect(model.configuration.refusal(of: method) == nil)
        let vision = try #require(model.vision as? VisionTransformer)
        let width = model.configuration.embeddingWidth
        let texts = Matrix(rows: 2, columns: width, elements: (0..<2 * width).map { Float($0 % 7) - 3 })
            .rowsNormalized()
        let session = vision.dense(method, texts: texts).session(batchSize: 2)
        let images = try golden.expected().slices("pixel_values")
        let encoded = session.encode(images, including: .dense)
        #expect(encoded.embeddings == session.encode(images).embeddings)
        #expect(encoded.densePatches.count == images.count && encoded.densePatches[0].columns == width)
        #expect(
            encoded.densePatches.allSatisfy { $0.elements.firstNotFinite == nil && $0.elements.contains { $0 != 0 } })
    }
}
