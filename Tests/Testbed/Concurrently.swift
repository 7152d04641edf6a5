import Foundation
import Synchronization

/// Runs `body` on `count` threads of their own at the same time and gives the results in order of the index.
///
/// Threads and not tasks: what blocks in a database would otherwise occupy the few threads that all tests share, and
/// "at the same time" would mean "as many as there are cores".
public func concurrently<R: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> R
) throws -> [R] {
    let outcomes = Mutex<[Int: Result<R, any Error>]>([:])
    let group = DispatchGroup()
    withExtendedLifetime(outcomes) {
        for index in 0..<count {
            group.enter()
            let thread = Thread {
                let outcome = Result { try body(index) }
                outcomes.withLock { $0[index] = outcome }
                group.leave()
            }
            thread.stackSize = 4 << 20
            thread.start()
        }
        group.wait()
    }
    return try outcomes.withLock { all in try (0..<count).compactMap { try all[$0]?.get() } }
}
