import Foundation
import Testing

@testable import Inference

/// Sentence encoders of BERT's kind, against transformers.
@Suite struct SentenceEncoderTests {
    private struct Golden: Decodable {
        struct Sentence: Decodable {
            let text: String
            let tokens: [Int32]
            let embedding: [Float]
        }
        let weights: String?
        let sentences: [Sentence]
    }

    private static let folder =
        URL(fileURLWithPath: "\(#filePath)").deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden/sentences").path
    private static let real = ProcessInfo.processInfo.environment["ENTENTE_TEST_MINILM"]

    private static func golden(_ name: String) throws -> Golden {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json"))
        let golden = try JSONDecoder().decode(Golden.self, from: data)
        try #require(golden.sentences.count > 10)
        return golden
    }

    private static func expectEqual(_ encoder: SentenceEncoder, _ golden: Golden) throws {
        let texts = golden.sentences.map(\.text)
        let found = try encoder.encode(texts)
        for (row, sentence) in golden.sentences.enumerated() {
            #expect(encoder.tokens(sentence.text) == sentence.tokens, "\(sentence.text.prefix(40))")
            let largest = sentence.embedding.map(abs).max() ?? 0
            let worst = zip(found.row(row), sentence.embedding).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst <= 1e-5 * max(largest, 1), "\(sentence.text.prefix(40)): off by \(worst)")
        }
        // Whatever stands beside it, and in whatever order.
        let alone = try encoder.encode([texts[3]])
        let turned = try encoder.encode(texts.reversed())
        #expect(alone.row(0) == found.row(3) && turned.row(texts.count - 4).elementsEqual(found.row(3)))
    }

    @Test func aSmallModelIsTransformers() throws {
        try Self.expectEqual(SentenceEncoder(directory: Self.folder + "/small"), Self.golden("small"))
    }

    /// With the weights of the world, which are not in the repository: `ENTENTE_TEST_MINILM` names the folder that holds them.
    @Test(
        .enabled(
            if: real != nil, "skipped: ENTENTE_TEST_MINILM names no folder with the weights of all-MiniLM-L6-v2"))
    func theRealModelIsTransformers() throws {
        let folder = try #require(Self.real)
        try Self.expectEqual(SentenceEncoder(directory: folder), Self.golden("minilm"))
    }

    /// A copy of the small model with one file changed.
    private func refusal(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> String {
        let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: scratch) }
        try FileManager.default.copyItem(at: URL(fileURLWithPath: Self.folder + "/small"), to: scratch)
        let file = scratch.appending(path: name)
        var fields = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        change(&fields)
        try JSONSerialization.data(withJSONObject: fields).write(to: file)
        do {
            _ = try SentenceEncoder(directory: scratch.path)
            return ""
        } catch { return "\(error)" }
    }

    @Test func whatIsNotImplementedIsRefusedByName() throws {
        #expect(try refusal("config.json") { $0["model_type"] = "mpnet" }.contains("model_type is “mpnet”"))
        #expect(try refusal("config.json") { $0["hidden_act"] = "gelu_new" }.contains("hidden_act is \"gelu_new\""))
        #expect(
            try refusal("config.json") { $0["position_embedding_type"] = "relative_key" }
                .contains("position_embedding_type is \"relative_key\""))
        #expect(try refusal("config.json") { $0["rotary"] = true }.contains("config.rotary is not known here"))
        #expect(try refusal("config.json") { $0["num_attention_heads"] = 5 }.contains("no multiple"))
        #expect(try refusal("config.json") { $0["hidden_size"] = 32 }.contains("has shape"))
        #expect(try refusal("config.json") { $0["num_hidden_layers"] = 2 }.contains("not part of the model"))
        #expect(
            try refusal("1_Pooling/config.json") { $0["pooling_mode_cls_token"] = true }
                .contains("pooling_mode_cls_token is true"))
        #expect(try refusal("sentence_bert_config.json") { $0["max_seq_length"] = 49 }.contains("max_seq_length is 49"))
        #expect(
            try refusal("sentence_bert_config.json") { $0["do_lower_case"] = true }.contains("do_lower_case is true"))
        #expect(try refusal("sentence_bert_config.json") { $0["prompt"] = "x" }.contains("prompt is not known here"))
        #expect(
            try refusal("tokenizer.json") { $0["post_processor"] = NSNull() }.contains("puts no token before or behind")
        )
        #expect(try refusal("config.json") { _ in }.isEmpty)
    }
}
