import Dispatch
import Persistence
import Synchronization

/// What is asked for one page, and can be called off from another thread.
final class Question: Sendable {
    private struct State {
        var isCancelled = false
        var breakOff: BreakOff?
    }

    private let state = Mutex(State())

    /// Runs `body` on the connection's thread.
    ///
    /// - Throws: `CancellationError` if it was called off before it began.
    func answer<T>(_ connection: Connection, _ body: (Reader) throws -> T) throws -> T {
        let isCancelled = state.withLock { state in
            state.breakOff = connection.breakOff
            return state.isCancelled
        }
        // Before the session serves another, whose statement must not be broken off.
        defer { state.withLock { $0.breakOff = nil } }
        guard !isCancelled else { throw CancellationError() }
        return try connection.reading {
            try body(Reader(connection) { [self] in state.withLock { $0.isCancelled } })
        }
    }

    func cancel() {
        // Asking the server takes a connection, for which a thread of Swift's pool must not wait.
        DispatchQueue.global().async { [self] in
            state.withLock { state in
                state.isCancelled = true
                state.breakOff?()
            }
        }
    }
}
