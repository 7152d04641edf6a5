import Concepts
import Foundation
import Inference
import Settings

/// What a model directory says of itself, its weights not read in.
struct ModelSummary: Encodable {
    let directory: String
    let layout: String
    let family: String
    let imageSize: Int
    /// Patches, or positions of the last map.
    let grid: Int
    let features: Int
    let embeddingWidth: Int
    let activation: String
    /// nil without a text encoder.
    let contextLength: Int?
    let vocabularySize: Int?
    let parameters: Int
    let dtypes: [String]
    let interpolation: String
    let resizeMode: String
    let mean: [Double]
    let std: [Double]

    enum CodingKeys: String, CodingKey {
        case directory, layout, family, grid, features, activation, parameters, dtypes, interpolation, mean, std
        case imageSize = "image_size"
        case embeddingWidth = "embed_dim"
        case contextLength = "context_length"
        case vocabularySize = "vocab_size"
        case resizeMode = "resize_mode"
    }

    /// - Throws: `InferenceError` naming the file or field.
    init(_ path: String) throws(InferenceError) {
        let model = try ModelDirectory(path)
        let preprocessing = try PreprocessConfiguration(
            json: [UInt8](model.preprocessJSON), named: model.configurationPath)
        let weights = try Safetensors(path: model.weightsPath)
        let configuration = model.configuration
        directory = path
        layout = model.layout.rawValue
        switch configuration.vision {
        case .transformer(let shape):
            let body = shape.transformer
            family =
                "vision transformer, \(body.layers) blocks of width \(body.width) with \(body.heads) heads, patches of "
                + "\(shape.patchSize)" + (body.softCap.map { ", attention logits capped at \(Int($0))" } ?? "")
            (grid, features) = (shape.gridSize, body.width)
        case .resNet(let shape):
            family = "ResNet, blocks \(shape.layers.map(String.init).joined(separator: "-")), width \(shape.width)"
            (grid, features) = (shape.gridSize, shape.features)
        case .convNeXt(let shape):
            func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "-") }
            family =
                "ConvNeXt, blocks \(list(shape.trunk.depths)) of widths \(list(shape.trunk.widths)), \(shape.projection.rawValue) head"
            (grid, features) = (shape.gridSize, shape.features)
        }
        imageSize = configuration.vision.imageSize
        embeddingWidth = configuration.embeddingWidth
        activation = configuration.activation.rawValue
        contextLength = configuration.text?.contextLength
        vocabularySize = configuration.text?.vocabularySize
        let tensors = weights.names.compactMap { weights[$0] }
        parameters = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        dtypes = Set(tensors.map(\.dtype.rawValue)).sorted()
        interpolation = preprocessing.interpolation.rawValue
        resizeMode = preprocessing.resizeMode.rawValue
        mean = preprocessing.mean
        std = preprocessing.std
    }

    var line: String {
        "\(family), \(imageSize) px, \(activation), \(embeddingWidth) values an embedding"
    }

    // Strings, integers and finite numbers only: encoding has no way to fail.
    var json: String { try! JSONEncoder.sorted(self) }

    func json(_ fingerprint: Analysis.ModelFingerprint) -> String {
        struct Whole: Encodable {
            let summary: ModelSummary
            let sha256: Analysis.ModelFingerprint

            enum CodingKeys: CodingKey { case sha256 }

            func encode(to encoder: any Encoder) throws {
                try summary.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(sha256, forKey: .sha256)
            }
        }
        return try! JSONEncoder.sorted(Whole(summary: self, sha256: fingerprint))
    }

    func text(_ fingerprint: Analysis.ModelFingerprint) -> String {
        func list(_ numbers: [Double]) -> String { numbers.map { String(format: "%g", $0) }.joined(separator: " ") }
        let rows = [
            ("layout", layout), ("vision", family),
            (
                "input",
                "\(imageSize) × \(imageSize), \(resizeMode) \(interpolation), mean \(list(mean)), std \(list(std))"
            ),
            ("patches", "\(grid) × \(grid), \(features) values each"),
            ("text", contextLength.map { "\($0) tokens of \(vocabularySize ?? 0)" } ?? "none"),
            ("activation", activation),
            ("embedding", "\(embeddingWidth) values"),
            ("weights", "\(parameters) parameters, \(dtypes.joined(separator: " and "))"),
            ("sha-256", "weights       \(fingerprint.weights)"), ("", "configuration \(fingerprint.configuration)"),
            ("", "tokenizer     \(fingerprint.tokenizer)"),
        ]
        return ([neutral(directory)] + rows.map { "  " + $0 + String(repeating: " ", count: 12 - $0.count) + $1 })
            .joined(separator: "\n")
    }
}
