import Foundation
import Testbed

@testable import Inference

/// A model directory of the real layout with random weights, so small that a job costs next to nothing. It reads texts as
/// the drawn world's model does.
enum TinyModel {
    private static let imageSize = 8, patchSize = 4, embedding = 8, context = 32, vocabulary = 939

    /// Writes the directory and gives its path.
    ///
    /// - Parameters:
    ///   - layers: of the vision encoder; the texts' has one. Each takes 48·width² bytes.
    ///   - seed: of the weights.
    static func write(
        to scratch: ScratchFolder, as name: String = "tiny", width: Int = 16, layers: Int = 1, seed: UInt32 = 1
    ) throws -> String {
        try scratch.write(
            """
            {"model_cfg": {"embed_dim": \(embedding),
              "vision_cfg": {"image_size": \(imageSize), "patch_size": \(patchSize), "width": \(width),
                "head_width": 8, "layers": \(layers)},
              "text_cfg": {"context_length": \(context), "vocab_size": \(vocabulary), "width": \(width),
                "heads": 2, "layers": 1}},
             "preprocess_cfg": {"size": \(imageSize)}}
            """, to: name + "/open_clip_config.json")
        for file in ["vocab.json", "merges.txt"] {
            try scratch.write(
                Data(contentsOf: URL(fileURLWithPath: DrawnWorld.model + "/" + file)), to: name + "/" + file)
        }
        let folder = scratch.path + "/" + name
        let tensors = tensors(width, layers)
        let writer = try SafetensorsWriter(
            path: folder + "/open_clip_model.safetensors",
            tensors: tensors.map { SafetensorsWriter.Declaration($0.name, shape: $0.shape) })
        var state = seed
        for (name, shape) in tensors {
            let isNorm = name.contains("ln_") && name.hasSuffix("weight")
            let values = (0..<shape.reduce(1, *)).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return Float(state >> 8) / Float(1 << 24) - 0.5 + (isNorm ? 1 : 0)
            }
            try writer.append(values, to: name)
        }
        try writer.finish()
        return folder
    }

    private static func tensors(_ width: Int, _ layers: Int) -> [(name: String, shape: [Int])] {
        let grid = imageSize / patchSize
        var result: [(name: String, shape: [Int])] = [
            ("logit_scale", []), ("visual.class_embedding", [width]),
            ("visual.positional_embedding", [grid * grid + 1, width]),
            ("visual.conv1.weight", [width, 3, patchSize, patchSize]), ("visual.proj", [width, embedding]),
            ("token_embedding.weight", [vocabulary, width]), ("positional_embedding", [context, width]),
            ("text_projection", [width, embedding]),
        ]
        func norm(_ name: String) { result += [("\(name).weight", [width]), ("\(name).bias", [width])] }
        norm("visual.ln_pre")
        norm("visual.ln_post")
        norm("ln_final")
        for block in (0..<layers).map({ "visual.transformer.resblocks.\($0)" }) + ["transformer.resblocks.0"] {
            norm("\(block).ln_1")
            norm("\(block).ln_2")
            result += [
                ("\(block).attn.in_proj_weight", [3 * width, width]), ("\(block).attn.in_proj_bias", [3 * width]),
                ("\(block).attn.out_proj.weight", [width, width]), ("\(block).attn.out_proj.bias", [width]),
                ("\(block).mlp.c_fc.weight", [4 * width, width]), ("\(block).mlp.c_fc.bias", [4 * width]),
                ("\(block).mlp.c_proj.weight", [width, 4 * width]), ("\(block).mlp.c_proj.bias", [width]),
            ]
        }
        return result
    }
}
