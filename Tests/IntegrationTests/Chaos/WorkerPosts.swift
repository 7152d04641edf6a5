import Foundation
import Testbed

/// Workers that are kept alive: whoever ends is replaced, as an orchestrator would. Belongs to one thread.
final class WorkerPosts {
    private struct Post {
        var worker: RunningProgram
        /// The signal that the test ended it with.
        var signal: Int32?
        var thaw: ContinuousClock.Instant?
        var restart: ContinuousClock.Instant?
    }

    private var posts: [Post] = []
    private let start: () throws -> RunningProgram
    private let log: ChaosLog
    private let isBrokerMock: Bool
    /// Ends that nobody asked for and no absent database explains.
    private(set) var surprises: [String] = []

    /// What a worker that the database refused at its start waits for, in an orchestrator as here.
    private static let patience = Duration.seconds(1)

    /// - Parameter isBrokerMock: whether the broker is librdkafka's own.
    init(_ count: Int, isBrokerMock: Bool, log: ChaosLog, start: @escaping () throws -> RunningProgram) throws {
        self.start = start
        self.log = log
        self.isBrokerMock = isBrokerMock
        for _ in 0..<count { posts.append(Post(worker: try start())) }
    }

    /// Replaces workers that ended, and lets those go on whose time has come.
    func tend() throws {
        for index in posts.indices {
            if let thaw = posts[index].thaw, thaw <= .now {
                posts[index].worker.signal(SIGCONT)
                posts[index].thaw = nil
                log.note("  worker \(index) goes on")
            }
            guard !posts[index].worker.isRunning else { continue }
            if posts[index].restart == nil {
                let end = try posts[index].worker.wait()
                posts[index].restart = .now + judge(end, posts[index], index)
            }
            if let restart = posts[index].restart, restart <= .now {
                posts[index] = Post(worker: try start())
            }
        }
    }

    /// How long to wait before the next one starts.
    private func judge(_ end: ProgramEnd, _ post: Post, _ index: Int) -> Duration {
        switch (post.signal, end.status) {
        case (SIGKILL, -SIGKILL), (SIGTERM, 0): return .zero
        // Before it had come to listen for the signal.
        case (SIGTERM, -SIGTERM) where !end.errors.contains("worker starts"): return .zero
        case (_, 69): return Self.patience
        // Of librdkafka 2.0.2: its broker names members by where they lie in memory, and gives a name again. Who has the leader's takes
        // himself for it, without members, and its assignor reads the last of none. A real broker tells a leader of itself at least. There
        // is no last word in its threads, and there is one in all of ours.
        case (_, -SIGSEGV) where isBrokerMock && !end.errors.contains("ended by signal"):
            log.note("  worker \(index) was ended in a thread of librdkafka's")
            return .zero
        default:
            log.note("  worker \(index) ended with \(end.status)")
            surprises.append("\(end.status): " + end.errors.split(separator: "\n").suffix(3).joined(separator: "\n"))
            return Self.patience
        }
    }

    private func one(_ draw: UInt64) -> Int? {
        let awake = posts.indices.filter {
            posts[$0].worker.isRunning && posts[$0].thaw == nil && posts[$0].signal == nil
        }
        return awake.isEmpty ? nil : awake[Int(draw % UInt64(awake.count))]
    }

    /// - Parameter draw: decides which one, whoever may be disturbed just then.
    func send(_ number: Int32, draw: UInt64) {
        guard let index = one(draw) else { return }
        log.note("  worker \(index)")
        posts[index].signal = number
        posts[index].worker.signal(number)
    }

    /// Stops one for a while; another may be stopped when that one goes on.
    func freeze(for time: Duration, draw: UInt64) {
        guard !posts.contains(where: { $0.thaw != nil }), let index = one(draw) else { return }
        log.note("  worker \(index)")
        posts[index].worker.signal(SIGSTOP)
        posts[index].thaw = .now + time
    }

    /// Lets all go on at once.
    func thaw() throws {
        for index in posts.indices where posts[index].thaw != nil { posts[index].thaw = .now }
        try tend()
    }

    /// Asks all to stop, and gives how each ended.
    func stop() throws -> [ProgramEnd] {
        for post in posts { post.worker.signal(SIGTERM) }
        return try posts.map { try $0.worker.wait(within: 60) }
    }
}
