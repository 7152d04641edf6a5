/// Lets any number of ordinary jobs work at a time, or one suspect with nothing beside it.
///
/// Suspects go first: while one waits, no ordinary job begins.
package final class SoloGate: @unchecked Sendable {
    // Unchecked: every access to the mutable state is under `condition`.
    private let condition = MonotonicCondition()
    private var ordinary = 0
    private var waitingAlone = 0
    private var isTakenAlone = false

    /// How often a waiting thread asks whether it still should.
    private static let patience = 0.2

    /// Waits until the job may work.
    ///
    /// - Parameter isWanted: asked now and then; once false, the wait is over.
    /// - Returns: whether the job may work; then ``leave(alone:)`` has to follow.
    package func enter(alone: Bool, while isWanted: () -> Bool) -> Bool {
        condition.withLock {
            if alone { waitingAlone += 1 }
            defer {
                if alone { waitingAlone -= 1 }
                condition.broadcast()
            }
            while isTakenAlone || (alone ? ordinary > 0 : waitingAlone > 0) {
                guard isWanted() else { return false }
                _ = condition.wait(until: MonotonicCondition.Deadline(in: Self.patience))
            }
            if alone { isTakenAlone = true } else { ordinary += 1 }
            return true
        }
    }

    package func leave(alone: Bool) {
        condition.withLock {
            if alone { isTakenAlone = false } else { ordinary -= 1 }
            condition.broadcast()
        }
    }

    package init() {}
}
