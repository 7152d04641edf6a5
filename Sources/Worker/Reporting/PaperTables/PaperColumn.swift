import Foundation

/// A column of figures of one kind.
struct PaperColumn: Sendable {
    enum Better: String, Sendable {
        case low, high
    }

    /// How figures are written; shares are written as percentages, as the paper does.
    enum Unit: Sendable {
        case percent
        case score
        case nats
        case share

        fileprivate var format: String {
            switch self {
            case .percent, .nats: "%.2f"
            case .score, .share: "%.3f"
            }
        }

        fileprivate var scale: Double { if case .percent = self { 100 } else { 1 } }
    }

    let title: String
    let unit: Unit
    /// nil where neither is.
    let better: Better?
    /// Whether its figures are differences, which have a sign.
    let isDifference: Bool

    init(_ title: String, _ unit: Unit, better: Better? = nil, isDifference: Bool = false) {
        self.title = title
        self.unit = unit
        self.better = better
        self.isDifference = isDifference
    }

    func text(_ value: Double) -> String { isDifference ? signed(value) : unsigned(value) }

    /// With a true minus sign, whatever the column's figures are.
    func signed(_ value: Double) -> String {
        let text = unsigned(value.magnitude)
        let isNone = !text.contains { "123456789".contains($0) }
        return (isNone ? "±" : value < 0 ? "−" : "+") + text
    }

    private func unsigned(_ value: Double) -> String {
        String(format: unit.format, value * unit.scale).replacing("-", with: "−")
    }
}
