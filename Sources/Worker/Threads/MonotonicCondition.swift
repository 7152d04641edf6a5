import Foundation

/// A lock, and waiting for what it guards to change, by a clock that nobody sets: `NSCondition` waits until a time of day, which
/// a machine that corrects its clock puts off or brings about.
package final class MonotonicCondition: @unchecked Sendable {
    // Unchecked: both are made for many threads, and the pointers never change.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        mutex.initialize(to: pthread_mutex_t())
        changed.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        precondition(pthread_mutex_init(mutex, nil) == 0 && pthread_condattr_init(&attributes) == 0, "no memory")
        precondition(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0, "no monotonic clock")
        precondition(pthread_cond_init(changed, &attributes) == 0, "no memory")
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    package func withLock<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Waits, within ``withLock(_:)``, for a ``broadcast()``; it may also end without one.
    func wait() { pthread_cond_wait(changed, mutex) }

    /// As ``wait()``, until `deadline` at the latest.
    ///
    /// - Returns: `false` once that is over.
    package func wait(until deadline: Deadline) -> Bool {
        var time = deadline.time
        return pthread_cond_timedwait(changed, mutex, &time) != ETIMEDOUT
    }

    /// Wakes all that wait.
    package func broadcast() { pthread_cond_broadcast(changed) }

    /// A moment of the monotonic clock.
    package struct Deadline {
        fileprivate let time: timespec

        /// - Parameter seconds: from now on, as far as they are between none and 30 years.
        package init(in seconds: TimeInterval) {
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            let nanoseconds = now.tv_nsec + Int(min(max(0, seconds), 1e9) * 1e9)
            time = timespec(tv_sec: now.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
        }
    }
}
