import Foundation

/// A named POSIX thread that can be waited for.
///
/// The pipeline's stages block in C libraries (librdkafka, libpq, OpenBLAS), so each has a thread of its own instead
/// of a place in Swift's cooperative pool, which blocking would starve.
package final class WorkerThread: Sendable {
    private let finished = BoundedQueue<Void>(limit: 1)

    /// - Parameter stackSize: bytes; OpenBLAS and the codecs want more than the default of secondary threads.
    package init(_ name: String, stackSize: Int = 8 << 20, body: @escaping @Sendable () -> Void) {
        let finished = finished
        let started = DispatchSemaphore(value: 0)
        let thread = Thread {
            // Here and not before the start, which on Linux ends by giving the thread its starter's name.
            started.wait()
            CrashReporter.unblockAborts()
            Thread.current.name = name
            body()
            finished.close()
        }
        thread.stackSize = stackSize
        thread.start()
        started.signal()
    }

    /// Waits until the thread's body has returned.
    package func join() {
        _ = finished.pop()
    }

    /// Waits up to `seconds`; returns whether the body has returned.
    package func join(within seconds: TimeInterval) -> Bool {
        _ = finished.popAll(waiting: seconds)
        return finished.isFinished
    }
}
