import Analyzing
import Inference
import Persistence
import Settings

/// What a job or a listing says of an image that can't be true beside what is known of it: an image is one picture with one label.
package enum Contradiction: Hashable, Sendable {
    case label(known: Identifier?, given: Identifier?)
    /// Hex SHA-256 of the bytes.
    case contents(known: String, given: String)

    /// nil where both can be true, and for an image of which nothing stands: the analysis does not know it, or it failed.
    package init?(_ known: StandingImage, label: Identifier?, sha256: String?, _ classes: ClassIndex) {
        guard known.state == .done || known.state == .pending else { return nil }
        if !Self.agrees(known, label, classes) {
            self = .label(known: known.label, given: label)
        } else if let stored = known.sha256, let sha256, stored != sha256 {
            self = .contents(known: stored, given: sha256)
        } else {
            return nil
        }
    }

    /// A label may be a class's id or its name.
    private static func agrees(_ known: StandingImage, _ label: Identifier?, _ classes: ClassIndex) -> Bool {
        let index = label.flatMap { try? classes.find($0).get() }
        if known.state == .done { return known.labelIndex == index && (label == nil || index != nil) }
        return known.label == label || index != nil && index == known.label.flatMap { try? classes.find($0).get() }
    }

    /// What goes behind the image's name.
    package var description: String {
        switch self {
        case .label(let known, let given):
            "is known \(Self.named(known)) and was sent \(Self.named(given))"
        case .contents(let known, let given):
            "is known with contents of SHA-256 \(known.prefix(12))… and was sent with \(given.prefix(12))…"
        }
    }

    private static func named(_ label: Identifier?) -> String {
        label.map { "with the label \(quoted($0.text))" } ?? "without a label"
    }
}
