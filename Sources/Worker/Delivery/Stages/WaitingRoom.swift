import Synchronization

/// Jobs that wait for a time at which to go on, so that no thread waits with them.
final class WaitingRoom: Sendable {
    private let waiting = Mutex<[(due: ContinuousClock.Instant, task: PreparationTask)]>([])
    /// Pictures that all of them may hold together.
    private let pictureLimit: Int

    init(pictureLimit: Int) { self.pictureLimit = pictureLimit }

    /// Takes a job; its pictures are let go of, and fetched again, when there would be too many.
    func park(_ task: PreparationTask, until due: ContinuousClock.Instant) {
        waiting.withLock { waiting in
            var task = task
            let pictures = task.pictures
            if pictures > 0, waiting.reduce(pictures, { $0 + $1.task.pictures }) > pictureLimit { task.release() }
            waiting.append((due, task))
        }
    }

    /// The one that has been due longest, if any is.
    func next(now: ContinuousClock.Instant) -> PreparationTask? {
        waiting.withLock { waiting in
            guard let index = waiting.indices.min(by: { waiting[$0].due < waiting[$1].due }), waiting[index].due <= now
            else { return nil }
            return waiting.remove(at: index).task
        }
    }

    /// Takes all of them, due or not.
    func clear() -> [PreparationTask] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting.map(\.task)
        }
    }

    var isEmpty: Bool { waiting.withLock { $0.isEmpty } }
}
