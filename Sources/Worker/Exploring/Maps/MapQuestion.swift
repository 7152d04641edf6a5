import Synchronization

/// One map that somebody waits for, or no longer does.
final class MapQuestion: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<TextMap, any Error>)
        /// What was answered before anybody waited.
        case early(Result<TextMap, any Error>)
        case over
    }

    /// Whether it is among those that wait for their turn.
    enum Place { case none, held, left }

    let place = Mutex(Place.none)
    let source: MapSource
    let analysis: String
    let text: String
    private let state = Mutex(State.new)

    init(_ source: MapSource, analysis: String, text: String) {
        (self.source, self.analysis, self.text) = (source, analysis, text)
    }

    /// Whether nobody waits any more.
    var isOver: Bool {
        state.withLock { state in
            switch state {
            case .new, .waiting: false
            case .early, .over: true
            }
        }
    }

    func wait(_ continuation: CheckedContinuation<TextMap, any Error>) {
        let early: Result<TextMap, any Error>? = state.withLock { state in
            if case .early(let result) = state {
                state = .over
                return result
            }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(with: early) }
    }

    /// The first answer is taken.
    func answer(_ result: Result<TextMap, any Error>) {
        let waiting: CheckedContinuation<TextMap, any Error>? = state.withLock { state in
            switch state {
            case .new: state = .early(result)
            case .waiting(let continuation):
                state = .over
                return continuation
            case .early, .over: break
            }
            return nil
        }
        waiting?.resume(with: result)
    }
}
