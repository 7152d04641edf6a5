import Foundation
import Synchronization

/// How much longer things take here and now than on the idle machine that deadlines were written for.
public enum MachineSpeed {
    /// Seconds of one core that ``work()`` took there.
    private static let reference = 0.02
    /// More than this is no slow machine but something that hangs.
    private static let limit = 10.0

    private static let slowest = Mutex(1.0)

    /// At least 1; the slowest that was measured so far, by the clock on the wall, so that whatever else the machine does
    /// counts. Takes some hundredths of a second.
    public static func slowness() -> Double {
        let times = (0..<3).map { _ in
            let start = ContinuousClock.now
            work()
            let time = start.duration(to: .now).components
            return Double(time.seconds) + Double(time.attoseconds) / 1e18
        }.sorted()
        return slowest.withLock { slowest in
            slowest = max(slowest, min(times[1] / reference, limit))
            return slowest
        }
    }

    /// A fixed amount of work that no compiler leaves out: a sequence whose every number needs the one before.
    private static func work() {
        var state: UInt64 = 1
        for _ in 0..<8_000_000 { state = (state ^ state >> 29) &* 0xbf58_476d_1ce4_e5b9 }
        withExtendedLifetime(state) { if state == 0 { print("never") } }
    }
}
