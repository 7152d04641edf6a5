import Concepts

/// Finds a class by its id, else by its name if only one class has it.
package struct ClassIndex: Sendable {
    package enum Failure: String, Error {
        case unknown = "is no class of this analysis"
        case ambiguous = "is the name of several classes"
    }

    // Keyed by bytes, as the database compares: to String, canonically equivalent spellings are one.
    private let byID: [[UInt8]: Int]
    private let byName: [[UInt8]: Result<Int, Failure>]

    package init(_ classes: [Analysis.Class]) {
        byID = Dictionary(
            zip(classes.map { Array($0.id.utf8) }, classes.indices), uniquingKeysWith: { first, _ in first })
        byName = Dictionary(
            zip(classes.map { Array($0.name.utf8) }, classes.indices.map { .success($0) }),
            uniquingKeysWith: { _, _ in .failure(.ambiguous) })
    }

    package func find(_ label: String) -> Result<Int, Failure> {
        let key = Array(label.utf8)
        if let index = byID[key] { return .success(index) }
        return byName[key] ?? .failure(.unknown)
    }
}
