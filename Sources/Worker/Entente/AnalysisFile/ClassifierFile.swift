import Analyzing
import Concepts
import Foundation
import Inference
import Settings

/// The class classifier of a `.pth` file (docs/method.md §3): the state dict of a linear layer without bias, one row a class.
enum ClassifierFile {
    /// Values that become part of an analysis's content, 128 MiB.
    private static let mostValues = 32 << 20

    /// Returns nil, with a problem added, if the file is unusable.
    ///
    /// - Parameter classes: how many rows there have to be; nil if the classes could not be read.
    static func read(_ path: String, classes: Int?, problems: inout [Problem]) -> Analysis.ClassWeights? {
        do throws(InferenceError) {
            let checkpoint = try Checkpoint(path: path)
            let names = checkpoint.names
            guard let name = names.first, names.count == 1, let shape = checkpoint[name]?.shape, shape.count == 2 else {
                let shown = names.prefix(4).map { "\($0.quoted) \(checkpoint[$0]?.shape ?? [])" }
                throw refusal(
                    path,
                    "it holds \(shown.joined(separator: ", "))\(names.count > 4 ? ", …" : ""), and a classifier is one tensor "
                        + "[classes, e], the weights of a linear layer without bias")
            }
            guard shape[0] == classes ?? shape[0] else {
                throw refusal(
                    path,
                    "it has \(shape[0]) rows for \(classes ?? 0) classes; one for each is needed, in the order of `classes`"
                )
            }
            guard shape[0] > 0, shape[1] > 0, shape[0] <= mostValues / shape[1] else {
                throw refusal(path, "it has \(shape[0]) × \(shape[1]) values; 1 to \(mostValues) are possible")
            }
            let matrix = Matrix(rows: shape[0], columns: shape[1], elements: try checkpoint.floats(name))
            for row in 0..<matrix.rows {
                let values = matrix.row(row)
                guard values.allSatisfy(\.isFinite), values.contains(where: { $0 != 0 }) else {
                    throw refusal(
                        path, "row \(row) is all zeros or holds values that are not finite; take another copy")
                }
            }
            return Analysis.ClassWeights(sha256: try FileDigest.sha256([path]), matrix)
        } catch {
            let sentence = error.description
            problems.append(
                Problem(
                    file: path, line: nil,
                    message: (sentence.hasPrefix(path + ": ") ? String(sentence.dropFirst(path.count + 2)) : sentence)
                        + "."))
            return nil
        }
    }

    private static func refusal(_ path: String, _ reason: String) -> InferenceError {
        InferenceError(.modelTensor, "\(path): \(reason)")
    }
}
