import Foundation
import Synchronization

/// The wish to stop, which every thread looks at and none can miss.
package final class StopSignal: Sendable {
    private let requested = Atomic<Bool>(false)
    private let moment = Mutex<ContinuousClock.Instant?>(nil)
    private let waiting = BoundedQueue<Void>(limit: 1)

    package var isRequested: Bool { requested.load(ordering: .acquiring) }

    package func request() {
        moment.withLock { $0 = $0 ?? .now }
        requested.store(true, ordering: .releasing)
        waiting.close()
    }

    /// Whether the stop was requested, and longer ago than `patience`.
    package func isOverdue(by patience: Duration) -> Bool {
        guard isRequested, let moment = moment.withLock({ $0 }) else { return false }
        return moment.duration(to: .now) > patience
    }

    /// Sleeps for `seconds` or until the stop is requested, whichever is first. Returns whether it is requested.
    @discardableResult
    package func wait(_ seconds: TimeInterval) -> Bool {
        _ = waiting.popAll(waiting: seconds)
        return isRequested
    }

    package init() {}
}
