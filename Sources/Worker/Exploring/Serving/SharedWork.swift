import Synchronization

/// Work that several may want at a time and that is done once: whoever asks for what is being made already waits with the others. It is
/// called off when nobody waits for it any more.
final class SharedWork<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Value, any Error>

    private struct Piece {
        let number: Int
        let task: Task<Void, Never>
        var waiters: [Int: Waiter]
    }

    private struct State {
        var pieces: [Key: Piece] = [:]
        private var last = 0

        /// One that no piece and no waiter has had.
        mutating func number() -> Int {
            last += 1
            return last
        }
    }

    private let state = Mutex(State())

    /// - Parameter make: runs in a task of its own, which is cancelled once everybody who waits for it has been.
    /// - Throws: what `make` throws, to all who wait; `CancellationError` at once to whoever is cancelled.
    func value(of key: Key, _ make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let number = state.withLock { $0.number() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { join(key, as: number, $0, make) }
        } onCancel: {
            leave(key, as: number)
        }
    }

    /// Who waits for it now.
    func waiting(for key: Key) -> Int { state.withLock { $0.pieces[key]?.waiters.count ?? 0 } }

    private func join(
        _ key: Key, as number: Int, _ waiter: Waiter, _ make: @escaping @Sendable () async throws -> Value
    ) {
        let isLate = state.withLock { state in
            // Whoever is cancelled behind this line finds the waiter, as leaving takes the lock too.
            if Task.isCancelled { return true }
            if state.pieces[key] == nil {
                let piece = state.number()
                state.pieces[key] = Piece(
                    number: piece, task: Task { await self.finish(key, piece, make) }, waiters: [:])
            }
            state.pieces[key]?.waiters[number] = waiter
            return false
        }
        if isLate { waiter.resume(throwing: CancellationError()) }
    }

    private func finish(_ key: Key, _ number: Int, _ make: @Sendable () async throws -> Value) async {
        let result: Result<Value, any Error>
        do { result = .success(try await make()) } catch { result = .failure(error) }
        let waiters = state.withLock { state in
            // Nobody waits for what was called off, and another may be at work on the same.
            guard let piece = state.pieces[key], piece.number == number else { return [Waiter]() }
            state.pieces[key] = nil
            return Array(piece.waiters.values)
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    private func leave(_ key: Key, as number: Int) {
        let (waiter, abandoned) = state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            guard let waiter = state.pieces[key]?.waiters.removeValue(forKey: number) else { return (nil, nil) }
            guard state.pieces[key]?.waiters.isEmpty == true else { return (waiter, nil) }
            return (waiter, state.pieces.removeValue(forKey: key)?.task)
        }
        abandoned?.cancel()
        waiter?.resume(throwing: CancellationError())
    }
}
