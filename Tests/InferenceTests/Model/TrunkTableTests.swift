import Foundation
import Testing

@testable import Inference

/// What timm's names stand for, against what its classes say of themselves (`tools/golden/trunks.py`).
@Suite struct TrunkTableTests {
    private struct Facts: Decodable {
        let width, layers, heads, mlp_width, grid, image: Int
        let activation, pool: String
        let epsilon: Float
        let class_token, input_norm, gated, inner_norms, post_norm: Bool
        let pool_heads, pool_mlp_width, rope_side: Int?
        let rope_offset, rope_base: Double?
        let rope_indexing: String?

        var body: TransformerShape {
            var body = TransformerShape(width: width, layers: layers, heads: heads, mlpWidth: mlp_width)
            if let rope_side, let rope_offset, let rope_base {
                body.rotation = GridRotation(
                    offset: rope_offset, trainedSide: rope_side, base: rope_base, startsWithRows: rope_indexing == "ij")
            }
            (body.isGated, body.hasInnerNorms, body.epsilon) = (gated, inner_norms, epsilon)
            body.activation = Activation(rawValue: activation) ?? .rectified
            return body
        }

        var pooling: VisionTransformerShape.Pooling {
            guard let pool_heads else { return pool == "avg" ? .mean(normFirst: true) : .classToken }
            return .latent(LatentPoolShape(heads: pool_heads, mlpWidth: pool_mlp_width))
        }
    }

    @Test func everyTrunkIsAsItsClassSays() throws {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
            separator: "/")
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/Golden/trunks.json"))
        let facts = try JSONDecoder().decode([String: Facts].self, from: data)
        // Norms behind each half of a block, and a mean of the patches, are refused by the trunk's name.
        let refused = facts.filter { $0.value.post_norm || $0.value.pool == "avg" }
        #expect(Set(refused.keys) == ["eva02_enormous_patch14_clip_224", "vit_medium_patch16_gap_256"])
        #expect(facts.count >= 29)
        for (name, facts) in facts {
            let shape = VisionTrunk.named(name)
            guard !refused.keys.contains(name) else {
                #expect(shape == nil, "\(name)")
                continue
            }
            #expect(shape?.transformer == facts.body, "\(name)")
            #expect(shape?.pooling == facts.pooling, "\(name)")
            #expect(shape?.imageSize == facts.image && shape?.gridSize == facts.grid, "\(name)")
            #expect(shape?.hasClassToken == facts.class_token && shape?.hasInputNorm == facts.input_norm, "\(name)")
        }
    }

    /// A context of another length has no use: its last position is the one that pools (docs/models.md §2).
    @Test(arguments: ["siglip-f32", "coca-f16"]) func aContextOfAnotherLengthIsRefused(name: String) throws {
        let golden = try #require(GoldenModel.families.first { $0.name == name })
        let file = "\(golden.directory)/open_clip_config.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
            .replacingOccurrences(of: #""context_length": 12"#, with: #""context_length": 11"#)
        guard case .object(let sections) = try JSONDecoder().decode(ConfigurationValue.self, from: Data(text.utf8))
        else { throw CocoaError(.fileReadCorruptFile) }
        let configuration = try ModelConfiguration(
            openClip: sections["model_cfg"], file: file, trunk: { GoldenTrunk.named[$0] })
        let weights = try Safetensors(path: "\(golden.directory)/open_clip_model.safetensors")
        let error = #expect(throws: InferenceError.self) {
            try ClipModel(configuration, TensorReader(weights, naming: configuration.naming))
        }
        #expect(error?.description.contains("positional_embedding has shape [1") == true, "\(error?.description ?? "")")
    }
}
