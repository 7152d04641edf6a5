import Synchronization

/// What was just found, for whoever asks for the same a moment later.
final class RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let madeAt: ContinuousClock.Instant
    }

    private let age: Duration
    private let limit: Int
    private let entries = Mutex<[Key: Entry]>([:])

    /// - Parameters:
    ///   - age: at which a value is too old.
    ///   - limit: values that are kept at most.
    init(age: Duration, limit: Int) {
        self.age = age
        self.limit = limit
    }

    /// nil when there is none that is young enough.
    func find(_ key: Key, now: ContinuousClock.Instant) -> Value? {
        entries.withLock { entries in
            entries[key].flatMap { $0.madeAt + age > now ? $0.value : nil }
        }
    }

    func keep(_ value: Value, for key: Key, now: ContinuousClock.Instant) {
        entries.withLock { entries in
            entries[key] = Entry(value: value, madeAt: now)
            guard entries.count > limit else { return }
            entries = entries.filter { $0.value.madeAt + age > now }
            guard entries.count > limit else { return }
            // Half at once, so that not every one that comes has to look for the oldest.
            let middle = entries.values.map(\.madeAt).sorted()[entries.count / 2]
            entries = entries.filter { $0.value.madeAt >= middle }
        }
    }
}
