/// What there is to say of brokers that hold up answers by a quota: at once, then once a minute what it came to.
struct QuotaNotice {
    private static let pause = Duration.seconds(60)
    private var heldUp = Duration.zero
    private var last: ContinuousClock.Instant?

    /// - Returns: the time that answers were held up since it was last said; nil where it is not to be said now.
    mutating func add(_ delay: Duration, at now: ContinuousClock.Instant) -> Duration? {
        heldUp += delay
        if let last, last.duration(to: now) < Self.pause { return nil }
        last = now
        defer { heldUp = .zero }
        return heldUp
    }
}
