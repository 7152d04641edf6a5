import Foundation
import Testing

@testable import Inference

/// A model directory with random weights and what open_clip or transformers computes with it, made by
/// `tools/golden/encoder.py`, `tools/golden/transformers_layout.py` and, of the families after CLIP, `tools/golden/families.py`.
struct GoldenModel: CustomTestStringConvertible {
    static let all = clip + families

    static let clip = [
        GoldenModel(name: "quick-gelu-f16"),
        GoldenModel(name: "gelu-f32-patch-14"),
        GoldenModel(name: "head-width-20-bf16"),
        GoldenModel(name: "positions-up-f32"),
        GoldenModel(name: "positions-down-f32"),
        GoldenModel(name: "resnet-f32"),
        GoldenModel(name: "resnet-f16-heads"),
        GoldenModel(name: "convnext-f16-linear"),
        GoldenModel(name: "convnext-bf16-mlp"),
        GoldenModel(name: "quick-gelu-f32-eos-2", layout: .transformers),
        GoldenModel(name: "gelu-f16-eos-70", layout: .transformers, pooling: .firstToken(70)),
    ]

    static let families = [
        "siglip-f32", "siglip2-bf16", "siglip-i18n-f16", "perception-bf16", "perception-bare-f16", "mobile-f16",
        "mobile2-large-f16", "clipa-f16", "mean-first-f16", "eva02-f16", "eva-bf16", "coca-f16", "coca-even-bf16",
        "worldwide-f16", "transformers-siglip-bf16",
        "transformers-siglip-gelu-f16",
    ].map { name in
        // Of these the configuration says it, whatever the tokenizer's files do.
        GoldenModel(
            name: name, layout: name.hasPrefix("transformers") ? .transformers : .openClip, pooling: .firstToken(17),
            folder: "families")
    }

    let name: String
    var layout = ModelDirectory.Layout.openClip
    var pooling = TextPooling.highestID
    /// Below `Golden`; nil for the layout's.
    var folder: String?

    var testDescription: String { name }

    var directory: String {
        // …/Tests/InferenceTests/Model/GoldenModel.swift
        let components = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        let folder = folder ?? (layout == .openClip ? "encoder" : "transformers")
        return components.joined(separator: "/") + "/Golden/\(folder)/\(name)"
    }

    func load(precision: Precision = .fp32) throws -> ClipModel {
        guard folder != nil, layout == .openClip else {
            return try ClipModel.load(ModelDirectory(directory), precision: precision)
        }
        let file = "\(directory)/open_clip_config.json"
        guard case .object(let sections) = try ConfigurationValue(file: file) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        let configuration = try ModelConfiguration(
            openClip: sections["model_cfg"], file: file, trunk: { GoldenTrunk.named[$0] })
        let weights = try Safetensors(path: "\(directory)/open_clip_model.safetensors")
        return try ClipModel(
            configuration.computing(in: precision), TensorReader(weights, naming: configuration.naming))
    }

    func expected() throws -> Safetensors {
        try Safetensors(path: "\(directory)/expected.safetensors")
    }
}

extension Safetensors {
    /// A float tensor cut along its first axis, each piece as a matrix of `columns` columns.
    func matrices(_ name: String) throws -> [Matrix] {
        let shape = try #require(self[name]).shape
        let rows = shape.dropFirst().dropLast().reduce(1, *)
        let columns = try #require(shape.last)
        return try slices(name).map { Matrix(rows: rows, columns: columns, elements: $0) }
    }

    /// A float tensor cut along its first axis.
    func slices(_ name: String) throws -> [[Float]] {
        let count = try #require(self[name]?.shape.first)
        let values = try floats(name)
        return (0..<count).map { Array(values[($0 * values.count / count)..<(($0 + 1) * values.count / count)]) }
    }

    /// An I32 tensor `[rows, columns]` as rows.
    func integerRows(_ name: String) throws -> [[Int32]] {
        let columns = try #require(self[name]?.shape.last)
        let values = try integers(name)
        return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }
}
