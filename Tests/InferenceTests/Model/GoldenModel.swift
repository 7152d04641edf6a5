import Testing

@testable import Inference

/// A model directory with random weights and what open_clip or transformers computes with it, made by
/// `tools/golden/encoder.py` and `tools/golden/transformers_layout.py`.
struct GoldenModel: CustomTestStringConvertible {
    static let all = [
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

    let name: String
    var layout = ModelDirectory.Layout.openClip
    var pooling = TextPooling.highestID

    var testDescription: String { name }

    var directory: String {
        // …/Tests/InferenceTests/Model/GoldenModel.swift
        let components = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return components.joined(separator: "/") + "/Golden/\(layout == .openClip ? "encoder" : "transformers")/\(name)"
    }

    func load() throws -> ClipModel {
        try ClipModel.load(directory: directory)
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
