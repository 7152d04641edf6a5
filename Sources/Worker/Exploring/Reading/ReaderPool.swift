import Foundation
import Persistence
import Synchronization
import Threads

/// A few sessions that only read, each on a thread of its own, for all who ask.
final class ReaderPool: Sendable {
    private let queue: BoundedQueue<@Sendable (Connection?, (any Error)?) -> Void>
    private let threads: [WorkerThread]

    /// - Parameters:
    ///   - target: of a log-in that is a member of `entente_reader`, whose rights the sessions have.
    ///   - waiting: who may wait for a session; whoever comes then is told to come again.
    ///   - patience: milliseconds that a statement may take.
    init(_ target: ConnectionTarget, sessions: Int, waiting: Int = 64, patience: Int = 5_000) {
        queue = BoundedQueue(limit: waiting)
        var settings = SessionSettings(applicationName: "entente explore")
        settings.statementTimeout = patience
        settings.lockTimeout = 1_000
        settings.onlyReads = true
        settings.role = "entente_reader"
        threads = (0..<sessions).map { [queue, settings] number in
            WorkerThread("explore-\(number)") {
                var connection: Connection?
                while let task = queue.pop() {
                    do {
                        let open = try connection ?? Connection(target, settings: settings)
                        connection = open
                        task(open, nil)
                    } catch { task(nil, error) }
                }
            }
        }
    }

    /// Lets nobody ask any more, and waits for the answers that are being made.
    func close() {
        queue.close()
        for thread in threads { thread.join() }
    }

    /// Runs `body` in a transaction that reads. If whoever waits is cancelled, what the server does for them is broken off.
    ///
    /// - Throws: what `body` throws, ``PersistenceError``, or ``ExplorerProblem`` when too many wait already.
    func ask<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T) async throws -> T {
        let question = Question()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let task: @Sendable (Connection?, (any Error)?) -> Void = { connection, error in
                    continuation.resume(
                        with: Result {
                            guard let connection else { throw error ?? CancellationError() }
                            return try question.answer(connection, body)
                        })
                }
                guard queue.tryPush(task) else {
                    continuation.resume(
                        throwing: ExplorerProblem(.unavailable, "Too many pages are being made; ask again in a moment.")
                    )
                    return
                }
            }
        } onCancel: {
            question.cancel()
        }
    }
}
