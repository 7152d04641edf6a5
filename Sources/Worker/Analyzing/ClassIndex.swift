import Concepts
import Inference

/// Finds a class by its id, else by its name if only one class has it.
package struct ClassIndex: Sendable {
    package enum Failure: String, Error {
        case unknown = "is no class of this analysis"
        case ambiguous = "is the name of several classes"
    }

    private let byID: [Identifier: Int]
    private let byName: [Identifier: Result<Int, Failure>]

    package init(_ classes: [Analysis.Class]) {
        byID = Dictionary(
            zip(classes.map(\.id), classes.indices), uniquingKeysWith: { first, _ in first })
        byName = Dictionary(
            zip(classes.map { Identifier($0.name) }, classes.indices.map { .success($0) }),
            uniquingKeysWith: { _, _ in .failure(.ambiguous) })
    }

    package func find(_ label: Identifier) -> Result<Int, Failure> {
        if let index = byID[label] { return .success(index) }
        return byName[label] ?? .failure(.unknown)
    }
}
