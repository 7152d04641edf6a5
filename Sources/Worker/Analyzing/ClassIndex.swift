import Concepts
import Inference
import Settings

/// Finds a class by its id, else by its name if only one class has it.
package struct ClassIndex: Sendable {
    package enum Failure: String, Error {
        case unknown = "is no class of this analysis"
        case ambiguous = "is the name of several classes"
    }

    private let byID: [Identifier: Int]
    private let byName: [Identifier: Result<Int, Failure>]
    /// Ids and names by how they look: String compares canonically.
    private let byAppearance: [String: String]

    package init(_ classes: [Analysis.Class]) {
        byID = Dictionary(
            zip(classes.map(\.id), classes.indices), uniquingKeysWith: { first, _ in first })
        byName = Dictionary(
            zip(classes.map { Identifier($0.name) }, classes.indices.map { .success($0) }),
            uniquingKeysWith: { _, _ in .failure(.ambiguous) })
        let words = classes.map(\.id.text) + classes.map(\.name)
        byAppearance = Dictionary(zip(words, words), uniquingKeysWith: { first, _ in first })
    }

    package func find(_ label: Identifier) -> Result<Int, Failure> {
        if let index = byID[label] { return .success(index) }
        return byName[label] ?? .failure(.unknown)
    }

    /// What to say of a label that was not found: also what it looks like, where only the composition of its letters differs.
    package func explanation(of failure: Failure, for label: Identifier) -> String {
        guard failure == .unknown, let twin = byAppearance[label.text] else { return failure.rawValue }
        return failure.rawValue
            + "; \(quoted(twin)) is, which looks the same and has its letters composed otherwise (NFC and NFD of Unicode): "
            + "rename one"
    }
}
