import Jobs
import Synchronization
import Threads

/// Spares a host, or a volume, that answers most fetches with a transient failure: nobody asks it for a while, and no image
/// is given up for its silence.
///
/// Each origin has a circuit of its own. It opens when more than half of its last fetches failed; then one fetch at a time
/// is let through as a trial, at growing intervals, and the first that succeeds closes it. Thread-safe; time comes from
/// outside.
package final class FetchCircuit: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package enum Admission: Equatable {
        case go
        /// The circuit is open; ask again then. The time until then does not count against an image.
        case wait(until: Instant)
    }

    private struct Origin {
        /// Whether each of the last fetches failed, oldest first.
        var outcomes: [Bool] = []
        /// When the next trial may go; nil while the circuit is closed.
        var nextTrial: Instant?
        var backoff = Backoff(base: 1, cap: 30)
    }

    /// Fetches that are looked back on.
    private static let window = 20
    /// Fewer of them say nothing.
    private static let least = 10

    private let origins = Mutex<[String: Origin]>([:])

    package func admit(_ origin: String, now: Instant) -> Admission {
        origins.withLock { origins in
            guard var state = origins[origin], let next = state.nextTrial else { return .go }
            guard next <= now else { return .wait(until: next) }
            // This fetch is the trial; the others wait for what becomes of it.
            state.nextTrial = now + .seconds(state.backoff.next())
            origins[origin] = state
            return .go
        }
    }

    /// - Returns: whether this opened or closed the circuit.
    @discardableResult
    package func record(_ origin: String, failed: Bool, now: Instant) -> Bool {
        origins.withLock { origins in
            var state = origins[origin] ?? Origin()
            defer { origins[origin] = state }
            if state.nextTrial != nil {
                guard !failed else { return false }
                state = Origin()
                return true
            }
            state.outcomes.append(failed)
            if state.outcomes.count > Self.window { state.outcomes.removeFirst() }
            let failures = state.outcomes.count { $0 }
            guard state.outcomes.count >= Self.least, failures * 2 > state.outcomes.count else { return false }
            state.nextTrial = now + .seconds(state.backoff.next())
            return true
        }
    }

    /// Origins whose circuit is open, sorted.
    var open: [String] { origins.withLock { $0.filter { $0.value.nextTrial != nil }.keys.sorted() } }

    /// What an image's URI shares its fate with: scheme and host; the volume for files.
    package static func origin(of uri: String) -> String {
        let visible = VisibleURI(uri)
        return visible.host.isEmpty || visible.scheme == "file" ? visible.scheme : visible.scheme + "://" + visible.host
    }

    /// ``origin(of:)`` for logs: where a password may have got into the host's place, only the scheme.
    package static func shownOrigin(of uri: String) -> String {
        let visible = VisibleURI(uri)
        return visible.isAmbiguous ? visible.scheme + "://…" : origin(of: uri)
    }

    package init() {}
}
