import Foundation

/// Runs `body` on a thread of its own, so that a test which waits for processes, brokers or databases keeps no other
/// test waiting: tests share as many threads as there are cores.
///
/// It stays the test's own task, which is how expectations know the test they belong to.
public func onOwnThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withTaskExecutorPreference(OwnThread()) { try body() }
}

/// Gives each job a new thread.
private final class OwnThread: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
