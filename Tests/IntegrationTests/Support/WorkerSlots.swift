import Foundation
import Synchronization
import Testing

/// Lets a few tests that start workers run at a time: each worker computes on every core, and dozens of them at once would
/// starve those that wait for a broker's time-outs. Of those that wait for a place, the longest goes first.
public struct WorkerSlots: TestTrait, SuiteTrait, TestScoping {
    public let isRecursive = true
    /// Seconds that a test of the suite takes, roughly.
    let seconds: Double

    /// Tests that may run at once; most of them wait most of their time.
    private static let limit = 4 * ProcessInfo.processInfo.activeProcessorCount

    private struct Waiting {
        let seconds: Double
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var free = WorkerSlots.limit
        var waiting: [Waiting] = []
    }
    private static let state = Mutex(State())

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // Suites are asked too, around their tests.
        guard testCase != nil else { return try await function() }
        await Self.take(seconds)
        defer { Self.give() }
        try await function()
    }

    private static func take(_ seconds: Double) async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(Waiting(seconds: seconds, continuation: continuation))
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    private static func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let longest = state.waiting.indices.max(by: { state.waiting[$0].seconds < state.waiting[$1].seconds })
            else {
                state.free += 1
                return nil
            }
            return state.waiting.remove(at: longest).continuation
        }
        next?.resume()
    }
}

extension Trait where Self == WorkerSlots {
    /// Of a test that starts workers, or of a suite of such.
    public static var startsWorkers: Self { startsWorkers(lasting: 10) }

    /// - Parameter seconds: roughly, of each test.
    public static func startsWorkers(lasting seconds: Double) -> Self { WorkerSlots(seconds: seconds) }
}
