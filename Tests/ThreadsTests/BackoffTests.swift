import Testbed
import Testing

@testable import Threads

@Suite struct BackoffTests {
    private struct Constant: RandomNumberGenerator {
        let value: UInt64
        func next() -> UInt64 { value }
    }

    @Test func ceilingsDoubleUpToTheCap() {
        var backoff = Backoff(base: 0.5, cap: 30)
        var generator = Constant(value: 0)
        let longest = (0..<9).map { _ in backoff.next(using: &generator) }
        #expect(longest == [0.5, 1, 2, 4, 8, 16, 30, 30, 30])
        #expect(backoff.attempts == 9)
        backoff.reset()
        #expect(backoff.attempts == 0)
        #expect(backoff.next(using: &generator) == 0.5)
    }

    @Test func noWaitIsZero() {
        var backoff = Backoff(base: 1, cap: 4)
        var generator = Constant(value: .max)
        for _ in 0..<5 { #expect(backoff.next(using: &generator) > 0) }
    }

    /// Full jitter: all over the range, so that workers which failed together do not return together.
    @Test func waitsAreSpreadOverTheRange() {
        var generator = SplitMix(state: 1)
        var waits: [Double] = []
        for _ in 0..<2000 {
            var backoff = Backoff(base: 8, cap: 8)
            waits.append(backoff.next(using: &generator))
        }
        #expect(waits.allSatisfy { $0 > 0 && $0 <= 8 })
        for quarter in 0..<4 {
            let count = waits.count { Int($0 / 2) == quarter }
            #expect((400...600).contains(count), "\(count) of 2000 in quarter \(quarter)")
        }
    }

    @Test func manyAttemptsOverflowNothing() {
        var backoff = Backoff(base: 0.1, cap: 30)
        for _ in 0..<10_000 { #expect(backoff.next() <= 30) }
        var uncapped = Backoff(base: 1, cap: .infinity)
        for _ in 0..<100 { #expect(uncapped.next().isFinite) }
    }
}
