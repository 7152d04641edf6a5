import Foundation
import Synchronization
import Testing

/// Lets a few tests that start workers run at a time: each worker computes on every core, and dozens of them at once would
/// starve those that wait for a broker's time-outs.
public struct WorkerSlots: TestTrait, SuiteTrait, TestScoping {
    public let isRecursive = true

    /// Tests that may run at once; several of them wait most of their time.
    private static let limit = 2 * ProcessInfo.processInfo.activeProcessorCount + 2

    private struct State {
        var free = WorkerSlots.limit
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private static let state = Mutex(State())

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // Suites are asked too, around their tests.
        guard testCase != nil else { return try await function() }
        await Self.take()
        defer { Self.give() }
        try await function()
    }

    private static func take() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    private static func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

extension Trait where Self == WorkerSlots {
    /// Of a test that starts workers, or of a suite of such.
    public static var startsWorkers: Self { WorkerSlots() }
}
