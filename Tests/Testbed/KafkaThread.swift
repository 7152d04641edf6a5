import Foundation

/// Runs blocking Kafka calls on a thread of their own, so that tests which wait for brokers don't wait for each other.
///
/// It stays the test's own task, which is how expectations know the test they belong to.
public func onKafkaThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withTaskExecutorPreference(ThreadPerJob()) { try body() }
}

/// Gives each job a new thread.
private final class ThreadPerJob: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
