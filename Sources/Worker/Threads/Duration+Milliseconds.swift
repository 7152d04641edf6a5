extension Duration {
    /// Whole milliseconds, rounded up, within what a C time-out takes; nothing negative, because librdkafka reads −1
    /// as "for ever".
    package var kafkaMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

extension ContinuousClock.Instant {
    /// What is left until this instant; zero when it has passed.
    package var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: self)) }
}
