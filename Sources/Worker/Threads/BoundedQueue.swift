import DequeModule
import Foundation

/// A first-in first-out hand-over between threads, of bounded length.
///
/// Closing lets consumers drain what is left and then see nil.
package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    // Unchecked: every access to the mutable state is under `condition`.
    private let condition = MonotonicCondition()
    private var elements: Deque<Element> = []
    private var closed = false
    private let limit: Int

    /// - Parameter limit: elements at which ``push(_:)`` waits, at least 1.
    package init(limit: Int) { self.limit = limit }

    /// Waits for room. Returns false, and drops the element, if the queue is closed.
    @discardableResult
    package func push(_ element: Element) -> Bool {
        condition.withLock {
            while !closed, elements.count >= limit { condition.wait() }
            guard !closed else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// As ``push(_:)``, without waiting: returns false, and drops the element, if the queue is full, too.
    package func tryPush(_ element: Element) -> Bool {
        condition.withLock {
            guard !closed, elements.count < limit else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// Waits for an element; nil once the queue is closed and empty.
    package func pop() -> Element? {
        condition.withLock {
            while elements.isEmpty, !closed { condition.wait() }
            return takeFirst()
        }
    }

    /// Waits up to `seconds` for an element.
    package func pop(waiting seconds: TimeInterval) -> Element? {
        condition.withLock {
            let deadline = MonotonicCondition.Deadline(in: seconds)
            while elements.isEmpty, !closed, condition.wait(until: deadline) {}
            return takeFirst()
        }
    }

    /// Waits up to `seconds` for an element, then takes everything that is there.
    package func popAll(waiting seconds: TimeInterval) -> [Element] {
        condition.withLock {
            let deadline = MonotonicCondition.Deadline(in: seconds)
            while elements.isEmpty, !closed, condition.wait(until: deadline) {}
            defer {
                elements.removeAll()
                condition.broadcast()
            }
            return Array(elements)
        }
    }

    /// Waits up to `seconds` for room for one more; returns whether there is some.
    package func waitForRoom(_ seconds: TimeInterval) -> Bool {
        condition.withLock {
            let deadline = MonotonicCondition.Deadline(in: seconds)
            while !closed, elements.count >= limit, condition.wait(until: deadline) {}
            return elements.count < limit
        }
    }

    /// Whether at most half of the limit is taken.
    package var isHalfEmpty: Bool { condition.withLock { elements.count * 2 <= limit } }

    package func close() {
        condition.withLock {
            closed = true
            condition.broadcast()
        }
    }

    /// Whether the queue is closed and nothing is left in it.
    package var isFinished: Bool { condition.withLock { closed && elements.isEmpty } }

    private func takeFirst() -> Element? {
        guard let element = elements.popFirst() else { return nil }
        condition.broadcast()
        return element
    }
}
