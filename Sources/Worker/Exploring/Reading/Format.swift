import Settings

/// How a number is shown to a person.
enum Format: Sendable {
    /// A share, as per cent.
    case share
    /// An amount of information, nats.
    case nats
    /// Something that may be very small.
    case small
    case decimal

    func shown(_ number: Double) -> String {
        guard number.isFinite else { return "–" }
        return switch self {
        case .share: (100 * number).printed("%.1f %%")
        case .nats: number.printed(abs(number) < 0.01 && number != 0 ? "%.3g" : "%.4f")
        case .small: number.printed("%.3g")
        case .decimal: number.printed("%.3f")
        }
    }

    func node(_ number: Double?) -> Node { number.map { .number($0, shown: shown($0)) } ?? .absent }

    /// With a sign, of a difference.
    func difference(_ number: Double?) -> Node {
        number.map { .number($0, shown: ($0 > 0 ? "+" : "") + shown($0)) } ?? .absent
    }

    /// A whole number with a narrow space at every thousand.
    static func grouped(_ count: Int) -> String {
        let digits = Array(String(count.magnitude))
        var text = count < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text += "\u{202F}" }
            text.append(digit)
        }
        return text
    }
}
