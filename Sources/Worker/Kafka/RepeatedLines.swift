/// Says what repeats itself once an interval, and how often it came. A value without clock.
struct RepeatedLines: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Line {
        var next: Instant
        var unsaid = 0
    }

    private var lines: [String: Line] = [:]

    static let interval = Duration.seconds(60)
    /// Texts that are kept apart; what is more begins anew.
    private static let limit = 64

    /// - Returns: how often it has come since it was said last, this time included; nil: not to be said now.
    mutating func admit(_ text: String, at now: Instant) -> Int? {
        guard var line = lines[text] else {
            if lines.count >= Self.limit { lines = lines.filter { $0.value.next > now } }
            if lines.count >= Self.limit { lines = [:] }
            lines[text] = Line(next: now + Self.interval)
            return 1
        }
        line.unsaid += 1
        defer { lines[text] = line }
        guard line.next <= now else { return nil }
        let count = line.unsaid
        line = Line(next: now + Self.interval)
        return count
    }
}
