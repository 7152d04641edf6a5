/// Waiting times between attempts: exponential with full jitter, so that many workers do not return in step.
package struct Backoff {
    /// Seconds.
    let base: Double
    let cap: Double
    package private(set) var attempts = 0

    package init(base: Double = 0.1, cap: Double = 30) {
        self.base = base
        self.cap = cap
    }

    /// Seconds to wait before the next attempt: uniform in (0, min(cap, base·2^attempts)].
    package mutating func next() -> Double {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    mutating func next(using generator: inout some RandomNumberGenerator) -> Double {
        let ceiling = min(cap, base * Double(1 << min(attempts, 30)))
        attempts += 1
        return ceiling - Double.random(in: 0..<ceiling, using: &generator)
    }

    package mutating func reset() { attempts = 0 }
}
