import Synchronization

/// A number of places for work of one kind; what finds none is not begun.
package final class Places: Sendable {
    private let taken = Mutex(0)
    private let limit: Int

    package init(_ limit: Int) { self.limit = limit }

    /// Takes a place if one is free and `find` has something to do; nil otherwise. ``end()`` gives it back.
    package func begin<Work>(_ find: () -> Work?) -> Work? {
        taken.withLock { taken in
            guard taken < limit, let work = find() else { return nil }
            taken += 1
            return work
        }
    }

    package func end() { taken.withLock { $0 -= 1 } }
}
