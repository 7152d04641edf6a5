import Testing

@testable import Inference

/// A small random vision transformer and what every dense method makes of it, computed a second time by
/// `tools/golden/dense.py`.
struct GoldenDense: CustomTestStringConvertible {
    static let all = ["base", "large", "small"].map(GoldenDense.init)

    let name: String
    var testDescription: String { name }

    private var directory: String {
        // …/Tests/InferenceTests/Dense/GoldenDense.swift
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
            + "/Golden/dense/\(name)"
    }

    func load() throws -> VisionTransformer {
        try #require(ClipModel.load(directory: directory).vision as? VisionTransformer)
    }

    func expected() throws -> Safetensors { try Safetensors(path: "\(directory)/expected.safetensors") }
}

extension Safetensors {
    /// A float tensor `[rows, columns]`.
    func matrix(_ name: String) throws -> Matrix {
        let shape = try #require(self[name]?.shape)
        return Matrix(rows: shape[0], columns: shape[1], elements: try floats(name))
    }
}

/// The largest difference, relative to the largest magnitude that is expected.
func relativeDifference(_ actual: Matrix, _ expected: Matrix) throws -> Float {
    try #require(actual.rows == expected.rows && actual.columns == expected.columns)
    let largest = try #require(expected.elements.map(abs).max())
    try #require(largest > 0.01, "an expectation near zero proves nothing")
    return zip(actual.elements, expected.elements).map { $0.isNaN ? .infinity : abs($0 - $1) }.max()! / largest
}
