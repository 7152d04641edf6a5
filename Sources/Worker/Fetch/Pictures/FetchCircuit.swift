import Jobs
import Synchronization
import Threads

/// Spares a host, or a volume, that answers most fetches with a transient failure: nobody asks it for a while, and no image
/// is given up for a short silence of its.
///
/// Each origin has a circuit of its own. It opens when more than half of its last fetches failed; then one fetch at a time
/// is let through as a trial, at growing intervals, and the first that succeeds closes it. Of origins that were not asked for
/// long, nothing is kept. Thread-safe; time comes from outside.
package final class FetchCircuit: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package enum Admission: Equatable {
        case go
        /// The circuit is open; ask again then.
        case wait(until: Instant)
    }

    private struct Origin {
        /// Whether each of the last fetches failed, oldest first.
        var outcomes: [Bool] = []
        /// When the next trial may go; nil while the circuit is closed.
        var nextTrial: Instant?
        var backoff = Backoff(base: 1, cap: 30)
        /// When it last gave a picture, or its word that there is none.
        var lastAnswer: Instant?
        var lastFetch: Instant
    }

    /// Fetches that are looked back on.
    private static let window = 20
    /// Fewer of them say nothing.
    private static let least = 10
    /// Origins that are kept; a manifest may name any number of hosts.
    static let limit = 1024

    private let roots: FileRoots
    private let origins = Mutex<[String: Origin]>([:])

    /// - Parameter roots: the volumes that files lie on, each an origin.
    package init(roots: FileRoots = FileRoots([])) { self.roots = roots }

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
            var state = origins[origin] ?? Origin(lastFetch: now)
            state.lastFetch = now
            if !failed { state.lastAnswer = now }
            defer {
                if origins[origin] == nil, origins.count >= Self.limit { Self.forgetOne(&origins) }
                origins[origin] = state
            }
            if state.nextTrial != nil {
                guard !failed else { return false }
                state = Origin(lastAnswer: now, lastFetch: now)
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

    /// Makes room: the origin that was not asked for longest, a sound one if there is any.
    private static func forgetOne(_ origins: inout [String: Origin]) {
        let sound = origins.filter { $0.value.nextTrial == nil }
        let oldest = (sound.isEmpty ? origins : sound).min { $0.value.lastFetch < $1.value.lastFetch }
        if let oldest { origins[oldest.key] = nil }
    }

    /// Whether an origin has answered since `start` that is another one: then it is not this machine that can't fetch.
    package func anotherAnswers(than origin: String, since start: Instant) -> Bool {
        origins.withLock { origins in
            origins.contains { $0.key != origin && $0.value.lastAnswer.map { $0 >= start } ?? false }
        }
    }

    /// Origins whose circuit is open, sorted.
    var open: [String] { origins.withLock { $0.filter { $0.value.nextTrial != nil }.keys.sorted() } }
    /// How many are kept.
    var count: Int { origins.withLock { $0.count } }

    /// What an image's URI shares its fate with: scheme and host; for files, the root that they lie below; nil for an image
    /// that is its own URI.
    package func origin(of uri: String) -> String? {
        let visible = VisibleURI(uri)
        switch visible.scheme {
        case "data": return nil
        case "file":
            return "file" + ((try? FileURI.path(of: uri)).flatMap(roots.root).map { "://" + $0 } ?? "")
        default: return visible.host.isEmpty ? visible.scheme : visible.scheme + "://" + visible.host
        }
    }

    /// ``origin(of:)`` for logs: where a password may have got into the host's place, only the scheme.
    package func shownOrigin(of uri: String) -> String {
        let visible = VisibleURI(uri)
        return visible.isAmbiguous ? visible.scheme + "://…" : origin(of: uri) ?? visible.scheme
    }
}
