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
    /// What stands for the picture behind the vision encoder.
    let pooling: String
    /// Of the text encoder; nil without one.
    let textActivation: String?
    let textPooling: String?
    let tokenizer: String?
    /// What the model was trained to tell by its logits; nil without a text encoder.
    let score: String?
    /// nil without a text encoder.
    let contextLength: Int?
    let vocabularySize: Int?
    let parameters: Int
    let dtypes: [String]
    /// `safetensors`, or `torch` for what torch.save wrote.
    let format: String
    let interpolation: String
    let resizeMode: String
    let mean: [Double]
    let std: [Double]

    enum CodingKeys: String, CodingKey {
        case directory, layout, family, grid, features, activation, pooling, tokenizer, score, parameters, dtypes
        case format, interpolation, mean, std
        case textActivation = "text_activation"
        case textPooling = "text_pooling"
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
        let tensors = try model.tensors
        let configuration = model.configuration
        directory = path
        layout = model.layout.rawValue
        switch configuration.vision {
        case .transformer(let shape):
            let body = shape.transformer
            family =
                "vision transformer, \(body.layers) blocks of width \(body.width) with \(body.heads) heads, patches of "
                + "\(shape.patchSize)" + (body.softCap.map { ", attention logits capped at \(Int($0))" } ?? "")
                + (body.rotation == nil ? "" : ", rotary positions")
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
        pooling = Self.pooling(of: configuration.vision)
        textActivation = configuration.text?.transformer.activation.rawValue
        textPooling = configuration.text.map(Self.pooling)
        tokenizer = configuration.text.map { Self.tokenizer($0.tokenizer) }
        score = configuration.text == nil ? nil : configuration.score.rawValue
        contextLength = configuration.text?.contextLength
        vocabularySize = configuration.text?.vocabularySize
        parameters = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        dtypes = Set(tensors.map(\.dtype.rawValue)).sorted()
        format = model.hasPickledWeights ? "torch" : "safetensors"
        interpolation = preprocessing.interpolation.rawValue
        resizeMode = preprocessing.resizeMode.rawValue
        mean = preprocessing.mean
        std = preprocessing.std
    }

    private static func pooling(of vision: ModelConfiguration.Vision) -> String {
        switch vision {
        case .resNet: "attention of the mean"
        case .convNeXt: "mean"
        case .transformer(let shape):
            switch shape.pooling {
            case .classToken: "class token"
            case .mean: "mean of the patches"
            case .latent(let pool): "attention of a learnt query, \(pool.heads) heads"
            }
        }
    }

    private static func pooling(of text: ModelConfiguration.Text) -> String {
        if text.learntRowBehind != nil { return "learnt row behind the tokens" }
        return switch text.pooling {
        case nil: "end token"
        case .highestID: "highest id"
        case .firstToken(let id): "first token \(id)"
        case .last: "last position"
        case .first: "first position"
        }
    }

    private static func tokenizer(_ kind: TokenizerKind) -> String {
        switch kind {
        case .clip: "CLIP's byte pairs"
        case .file(.ownClass, _): "tokenizer.json, as its class in transformers"
        case .file(let cleaning, _): "tokenizer.json, \(cleaning.rawValue)"
        }
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
            ("pooling", pooling + (textPooling.map { "; text: \($0)" } ?? "")),
            ("tokenizer", tokenizer ?? "none"),
            ("activation", activation + (textActivation.map { $0 == activation ? "" : "; text: \($0)" } ?? "")),
            ("score", score ?? "none"),
            ("embedding", "\(embeddingWidth) values"),
            (
                "weights",
                "\(parameters) parameters, \(dtypes.joined(separator: " and "))"
                    + (format == "torch" ? ", as torch.save wrote them" : "")
            ),
            ("sha-256", "weights       \(fingerprint.weights)"), ("", "configuration \(fingerprint.configuration)"),
            ("", "tokenizer     \(fingerprint.tokenizer)"),
        ]
        return ([neutral(directory)] + rows.map { "  " + $0 + String(repeating: " ", count: 12 - $0.count) + $1 })
            .joined(separator: "\n")
    }
}
