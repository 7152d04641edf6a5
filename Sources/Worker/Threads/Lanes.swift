import Synchronization

/// Work on things that know nothing of each other, by several threads.
package final class Lanes<Made: Sendable>: Sendable {
    private struct State {
        var results: [Result<Made, any Error>?]
        var next = 0
        var hasFailed = false
    }

    private let state: Mutex<State>

    /// What `body` makes of 0…`count` − 1, in this order. A lane takes the next number when it is done with one; with one lane or
    /// one number no thread is started.
    ///
    /// - Throws: the error of the lowest number that failed; higher ones may not have been begun then.
    package static func map(
        _ count: Int, lanes: Int, _ body: @escaping @Sendable (Int) throws -> Made
    ) throws -> [Made] {
        try map(count, lanes: lanes, memory: {}, { _, number in try body(number) })
    }

    /// The same with memory that `memory` makes for each lane, on its thread, which alone uses it.
    package static func map<Memory>(
        _ count: Int, lanes: Int, memory: @escaping @Sendable () -> Memory,
        _ body: @escaping @Sendable (Memory, Int) throws -> Made
    ) throws -> [Made] {
        guard count > 0 else { return [] }
        guard min(count, lanes) > 1 else {
            let own = memory()
            return try (0..<count).map { try body(own, $0) }
        }
        let work = Lanes(count)
        let threads = (0..<min(count, lanes)).map { _ in
            WorkerThread("lane") {
                let own = memory()
                work.go { try body(own, $0) }
            }
        }
        threads.forEach { $0.join() }
        return try work.state.withLock { $0.results }.compactMap { try $0?.get() }
    }

    private init(_ count: Int) { state = Mutex(State(results: .init(repeating: nil, count: count))) }

    private func go(_ body: (Int) throws -> Made) {
        while let number = take() {
            let result = Result { try body(number) }
            state.withLock { state in
                state.results[number] = result
                if case .failure = result { state.hasFailed = true }
            }
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard !state.hasFailed, state.next < state.results.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }
}
