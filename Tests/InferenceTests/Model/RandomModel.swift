import Foundation

@testable import Inference

/// A model directory of any shape with seeded random F32 weights.
struct RandomModel {
    var embeddingWidth = 16
    var quickGelu = true
    var imageSize = 32
    var patchSize = 8
    var width = 32
    var headWidth = 16
    var layers = 2
    var contextLength = 12
    var vocabularySize = 60
    var textWidth = 24
    var textHeads = 3
    var textLayers = 2

    var configurationJSON: String {
        """
        {"model_cfg": {"embed_dim": \(embeddingWidth), "quick_gelu": \(quickGelu),
          "vision_cfg": {"image_size": \(imageSize), "patch_size": \(patchSize), "width": \(width),
            "head_width": \(headWidth), "layers": \(layers)},
          "text_cfg": {"context_length": \(contextLength), "vocab_size": \(vocabularySize), "width": \(textWidth),
            "heads": \(textHeads), "layers": \(textLayers)}},
         "preprocess_cfg": {"size": \(imageSize)}}
        """
    }

    /// Names and shapes as open_clip's state dict has them, written out here on purpose: the product's own list is
    /// what they test.
    var tensors: [(name: String, shape: [Int])] {
        let grid = imageSize / patchSize
        var result: [(name: String, shape: [Int])] = [
            ("logit_scale", []),
            ("visual.class_embedding", [width]),
            ("visual.positional_embedding", [grid * grid + 1, width]),
            ("visual.conv1.weight", [width, 3, patchSize, patchSize]),
            ("visual.proj", [width, embeddingWidth]),
            ("token_embedding.weight", [vocabularySize, textWidth]),
            ("positional_embedding", [contextLength, textWidth]),
            ("text_projection", [textWidth, embeddingWidth]),
        ]
        func norm(_ name: String, _ width: Int) {
            result += [("\(name).weight", [width]), ("\(name).bias", [width])]
        }
        norm("visual.ln_pre", width)
        norm("visual.ln_post", width)
        norm("ln_final", textWidth)
        for (prefix, width, layers) in [("visual.", width, layers), ("", textWidth, textLayers)] {
            for layer in 0..<layers {
                let block = "\(prefix)transformer.resblocks.\(layer)"
                norm("\(block).ln_1", width)
                norm("\(block).ln_2", width)
                result += [
                    ("\(block).attn.in_proj_weight", [3 * width, width]), ("\(block).attn.in_proj_bias", [3 * width]),
                    ("\(block).attn.out_proj.weight", [width, width]), ("\(block).attn.out_proj.bias", [width]),
                    ("\(block).mlp.c_fc.weight", [4 * width, width]), ("\(block).mlp.c_fc.bias", [4 * width]),
                    ("\(block).mlp.c_proj.weight", [width, 4 * width]), ("\(block).mlp.c_proj.bias", [width]),
                ]
            }
        }
        return result
    }

    /// Writes configuration and weights into `directory`.
    ///
    /// - Parameters:
    ///   - factors: what the values of some tensors are multiplied by.
    ///   - changing: edits the list of tensors, for files that do not fit their configuration.
    ///   - editing: changes the values of a tensor.
    func write(
        to directory: ScratchDirectory, factors: [String: Float] = [:],
        changing: ([(name: String, shape: [Int])]) -> [(String, [Int])] = { $0 },
        editing: (String, inout [Float]) -> Void = { _, _ in }
    ) throws {
        try directory.write(configurationJSON, to: "open_clip_config.json")
        let tensors = changing(tensors)
        let writer = try SafetensorsWriter(
            path: "\(directory.path)/open_clip_model.safetensors",
            tensors: tensors.map { SafetensorsWriter.Declaration($0.0, shape: $0.1) })
        var generator = SeededGenerator(seed: 7)
        for (name, shape) in tensors {
            let count = shape.reduce(1, *)
            let isNorm = name.contains("ln_") && name.hasSuffix("weight")
            // Matrices keep the size of their input; the rest is of the order of 1.
            let scale: Float = shape.count > 1 ? (3 / Float(count / shape[0])).squareRoot() * 1.3 : 0.5
            var values = generator.floats(count, scale: scale)
            if isNorm { values = values.map { 1 + $0 } }
            if let factor = factors[name] { values = values.map { $0 * factor } }
            editing(name, &values)
            try writer.append(values, to: name)
        }
        try writer.finish()
    }

    func load(factors: [String: Float] = [:], precision: Precision = .fp32) throws -> ClipModel {
        let directory = try ScratchDirectory()
        try write(to: directory, factors: factors)
        return try ClipModel.load(ModelDirectory(directory.path), precision: precision)
    }

    func images(_ count: Int) -> [[Float]] {
        var generator = SeededGenerator(seed: 11)
        return (0..<count).map { _ in generator.floats(3 * imageSize * imageSize, scale: 2) }
    }

    /// Texts of all lengths from 1 to the context.
    func texts(_ count: Int) -> [[Int32]] {
        var generator = SeededGenerator(seed: 13)
        return (0..<count).map { text in
            var row = (0..<contextLength).map { _ in Int32.random(in: 0..<Int32(vocabularySize - 1), using: &generator)
            }
            row[text % contextLength] = Int32(vocabularySize - 1)
            return row
        }
    }
}

extension RandomModel: CustomStringConvertible {
    var description: String { "\(imageSize)/\(patchSize) px, width \(width), text width \(textWidth)" }

    /// Small and large, with row counts that are no multiple of anything.
    static let shapes = [
        // 2 rows an image.
        RandomModel(imageSize: 8, patchSize: 8, width: 8, headWidth: 8, textWidth: 8, textHeads: 1),
        // 17 rows of 32.
        RandomModel(),
        // 145 rows of 128: some products below, some above.
        RandomModel(
            embeddingWidth: 64, imageSize: 96, patchSize: 8, width: 128, headWidth: 64, contextLength: 32,
            textWidth: 96,
            textHeads: 4),
        // 50 rows of 330, all above; texts on both sides.
        RandomModel(
            embeddingWidth: 100, quickGelu: false, imageSize: 56, patchSize: 8, width: 330, headWidth: 66, layers: 2,
            contextLength: 77, textWidth: 320, textHeads: 5),
        // 10 rows of 512: fewer than any strip.
        RandomModel(
            embeddingWidth: 128, imageSize: 42, patchSize: 14, width: 512, headWidth: 128, layers: 1, textWidth: 512,
            textHeads: 8, textLayers: 1),
    ]
}
