import Foundation
import Persistence
import Synchronization

/// Looks, beside everything else and over a session of its own, whether the roll-ups equal the rows at every moment that
/// it can catch.
final class RollupWatch: Sendable {
    private struct State {
        var looks = 0
        var differences: [String] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let done = DispatchSemaphore(value: 0)

    /// Time between two looks, which are work for the server. Pacing, nothing waits for it.
    private static let pause: UInt32 = 250_000

    init(uri: String) {
        let thread = Thread { [self] in
            watch(uri)
            done.signal()
        }
        thread.start()
    }

    private func watch(_ uri: String) {
        var connection: Connection?
        while !state.withLock({ $0.isOver }) {
            do {
                let session = try connection ?? Connection(uri: uri, settings: .patient(applicationName: "watch"))
                connection = session
                let found = try Verifier(session).differences()
                state.withLock { state in
                    state.looks += 1
                    if state.differences.count < 20 { state.differences += found.map { "\($0)" } }
                }
            } catch {
                // The server is away; the next look is over a new session.
                connection = nil
            }
            usleep(Self.pause)
        }
    }

    /// Ends the looking; gives how often it saw the tables, and what was wrong.
    func end() -> (looks: Int, differences: [String]) {
        state.withLock { $0.isOver = true }
        done.wait()
        return state.withLock { ($0.looks, $0.differences) }
    }
}
