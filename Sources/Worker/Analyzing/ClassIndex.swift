import Concepts
import Settings

/// Finds a class by its id, else by its name if only one class has it.
package struct ClassIndex: Sendable {
    package enum Failure: String, Error {
        case unknown = "is no class of this analysis"
        case ambiguous = "is the name of several classes"
    }

    // Keyed by bytes, as the database compares: to String, canonically equivalent spellings are one.
    private let byID: [[UInt8]: Int]
    private let byName: [[UInt8]: Result<Int, Failure>]
    /// Ids and names by how they look: String compares canonically.
    private let byAppearance: [String: String]

    package init(_ classes: [Analysis.Class]) {
        byID = Dictionary(
            zip(classes.map { Array($0.id.utf8) }, classes.indices), uniquingKeysWith: { first, _ in first })
        byName = Dictionary(
            zip(classes.map { Array($0.name.utf8) }, classes.indices.map { .success($0) }),
            uniquingKeysWith: { _, _ in .failure(.ambiguous) })
        let words = classes.map(\.id) + classes.map(\.name)
        byAppearance = Dictionary(zip(words, words), uniquingKeysWith: { first, _ in first })
    }

    package func find(_ label: String) -> Result<Int, Failure> {
        let key = Array(label.utf8)
        if let index = byID[key] { return .success(index) }
        return byName[key] ?? .failure(.unknown)
    }

    /// What to say of a label that was not found: also what it looks like, where only the composition of its letters differs.
    package func explanation(of failure: Failure, for label: String) -> String {
        guard failure == .unknown, let twin = byAppearance[label] else { return failure.rawValue }
        return failure.rawValue
            + "; \(quoted(twin)) is, which looks the same and has its letters composed otherwise (NFC and NFD of Unicode): "
            + "rename one"
    }
}
