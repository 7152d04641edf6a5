import Foundation
import Testing

@testable import Inference

/// A model and what the methods' own repositories make of it at three sizes, its own first: `tools/golden/dense_released.py`.
struct ReleasedDense: CustomTestStringConvertible {
    /// Two small random models of the depths of a base and of a large one, and two trained ones of the zoo.
    static let all = ["base", "large"].map { ReleasedDense(name: $0, directory: golden($0)) } + zoo
    private static let zoo = ["vit-s12", "vit-m12"].map {
        ReleasedDense(name: $0, directory: "\(root)/share/zoo/models/\($0)")
    }

    /// Of ``DenseMethod``, and MaskCLIP as ClearCLIP's code has it; ResCLIP with its code's paths.
    static let methods: [(name: String, method: DenseMethod, options: DenseOptions)] =
        DenseMethod.allCases.map { ($0.rawValue, $0, $0 == .resclip ? .asReleased : []) }
        + [("maskclip-reduced", .maskclip, .reduced)]

    let name: String
    private let directory: String
    var testDescription: String { name }

    // …/Tests/InferenceTests/Dense/ReleasedDense.swift
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/")
    private static func golden(_ name: String) -> String { "\(root)/Tests/InferenceTests/Golden/dense/\(name)" }

    func load() throws -> VisionTransformer {
        try #require(ClipModel.load(directory: directory).vision as? VisionTransformer)
    }

    func expected() throws -> Safetensors { try Safetensors(path: Self.golden(name) + "/released.safetensors") }

    /// Sides of the pictures, in rising order.
    func sizes(_ expected: Safetensors) throws -> [Int] {
        let sizes = expected.names.filter { $0.hasSuffix("/pixel_values") }
            .compactMap { Int($0.prefix { $0 != "/" }) }.sorted()
        try #require(sizes.count == 3)
        return sizes
    }
}
