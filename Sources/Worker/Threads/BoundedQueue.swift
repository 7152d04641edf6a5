import Foundation

/// A first-in first-out hand-over between threads, bounded by the weight of what waits in it.
///
/// Closing lets consumers drain what is left and then see nil.
package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    // Unchecked: every access to the mutable state is under `condition`.
    private let condition = NSCondition()
    private var elements: [(element: Element?, weight: Int)] = []
    /// Places before it are empty; they are cleared away in bulk.
    private var head = 0
    private var weight = 0
    private var closed = false
    private let limit: Int

    /// - Parameter limit: total weight at which ``push(_:weight:)`` waits. One element always fits, however heavy.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Waits for room. Returns false, and drops the element, if the queue is closed.
    @discardableResult
    package func push(_ element: Element, weight elementWeight: Int = 1) -> Bool {
        condition.withLock {
            while !closed, weight > 0, weight + elementWeight > limit { condition.wait() }
            guard !closed else { return false }
            elements.append((element, elementWeight))
            weight += elementWeight
            condition.broadcast()
            return true
        }
    }

    /// Waits for an element; nil once the queue is closed and empty.
    package func pop() -> Element? {
        condition.withLock {
            while head == elements.count, !closed { condition.wait() }
            return takeFirst()
        }
    }

    /// Waits up to `seconds` for an element.
    package func pop(waiting seconds: TimeInterval) -> Element? {
        condition.withLock {
            let deadline = Date().addingTimeInterval(seconds)
            while head == elements.count, !closed, condition.wait(until: deadline) {}
            return takeFirst()
        }
    }

    /// Waits up to `seconds` for an element, then takes everything that is there.
    package func popAll(waiting seconds: TimeInterval) -> [Element] {
        condition.withLock {
            let deadline = Date().addingTimeInterval(seconds)
            while head == elements.count, !closed, condition.wait(until: deadline) {}
            var all: [Element] = []
            while let element = takeFirst() { all.append(element) }
            return all
        }
    }

    /// Waits up to `seconds` for room for one more; returns whether there is some.
    package func waitForRoom(_ seconds: TimeInterval) -> Bool {
        condition.withLock {
            let deadline = Date().addingTimeInterval(seconds)
            while !closed, weight >= limit, condition.wait(until: deadline) {}
            return weight < limit
        }
    }

    /// Whether at most half of the limit is taken.
    package var isHalfEmpty: Bool { condition.withLock { weight * 2 <= limit } }

    package func close() {
        condition.withLock {
            closed = true
            condition.broadcast()
        }
    }

    /// Whether the queue is closed and nothing is left in it.
    package var isFinished: Bool { condition.withLock { closed && head == elements.count } }

    private func takeFirst() -> Element? {
        guard head < elements.count else { return nil }
        let (element, elementWeight) = elements[head]
        // Let go at once: a queue that never runs empty would hold on to what has long been worked off.
        elements[head].element = nil
        head += 1
        weight -= elementWeight
        if head == elements.count || head > 1024 {
            elements.removeFirst(head)
            head = 0
        }
        condition.broadcast()
        return element
    }
}

extension NSCondition {
    func withLock<T>(_ body: () -> T) -> T {
        lock()
        defer { unlock() }
        return body()
    }
}
