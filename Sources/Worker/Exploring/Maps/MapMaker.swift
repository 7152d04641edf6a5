import Concepts
import Crypto
import Fetch
import Foundation
import Inference
import Jobs
import Logging
import Synchronization
import Threads

/// Has maps of texts made by a child process, one at a time, and keeps the latest.
///
/// The process is started for the first map, holds the model that was asked of last, and ends when nobody asks for a while. What
/// nobody waits for any more when its turn comes is not made; what is being made is made to its end, within a limit, and kept.
final class MapMaker: Sendable {
    /// Who may wait; whoever comes then is told to come again.
    static let waiting = 8
    /// Bytes of maps that are kept.
    private static let kept = 4 << 20

    private let options: MapChildOptions
    private let fetcher: ImageFetcher
    private let log: Logger
    /// With room for many that nobody waits for any more.
    private let queue = BoundedQueue<MapQuestion>(limit: 1024)
    /// How many more may wait.
    let places = Mutex(waiting)
    private let cache = Mutex(PictureCache(limit: kept))
    private let isClosed = Atomic<Bool>(false)
    private let thread = Mutex<WorkerThread?>(nil)

    init(_ options: MapChildOptions, fetcher: ImageFetcher, log: Logger) {
        (self.options, self.fetcher, self.log) = (options, fetcher, log)
        thread.withLock { $0 = WorkerThread("maps") { [self] in run() } }
    }

    /// Ends the process, also in the middle of a map.
    func close() {
        isClosed.store(true, ordering: .releasing)
        queue.close()
        thread.withLock { $0 }?.join()
    }

    /// - Throws: ``ExplorerProblem`` that says why there is none; `CancellationError`.
    func map(of source: MapSource, analysis: String, text: String) async throws -> TextMap {
        if let kept = find(source.picture.sha256, analysis, text) { return kept }
        let question = MapQuestion(source, analysis: analysis, text: text)
        let patience = Task { [self] in
            try await Task.sleep(for: options.patience)
            leave(question)
            question.answer(
                .failure(
                    ExplorerProblem(
                        .unavailable,
                        "The map is still being made, since the model is read or others are before it; ask again in a moment."
                    ))
            )
        }
        defer { patience.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                question.wait(continuation)
                guard enter(question), queue.tryPush(question) else {
                    leave(question)
                    question.answer(
                        .failure(
                            ExplorerProblem(.unavailable, "Too many maps are being made; ask again in a moment.")))
                    return
                }
            }
        } onCancel: {
            leave(question)
            question.answer(.failure(CancellationError()))
        }
    }

    /// - Returns: `false` when all places are taken, or whoever asks has left.
    private func enter(_ question: MapQuestion) -> Bool {
        places.withLock { free in
            question.place.withLock { place in
                guard free > 0, place == .none else { return false }
                free -= 1
                place = .held
                return true
            }
        }
    }

    /// Gives its place to others, once.
    private func leave(_ question: MapQuestion) {
        places.withLock { free in
            question.place.withLock { place in
                if place == .held { free += 1 }
                place = .left
            }
        }
    }

    // MARK: On its thread

    private func run() {
        var child: MapChild?
        while !queue.isFinished {
            guard let question = queue.pop(waiting: options.idle.seconds) else {
                if child != nil { log.info("the process that makes maps ends, since nobody asks") }
                child?.end()
                child = nil
                continue
            }
            leave(question)
            guard !question.isOver else { continue }
            guard !isClosed.load(ordering: .acquiring) else {
                question.answer(.failure(ExplorerProblem(.unavailable, "The explorer is ending.")))
                continue
            }
            question.answer(Result { try make(question, &child) })
        }
        child?.end()
    }

    private func make(_ question: MapQuestion, _ child: inout MapChild?) throws -> TextMap {
        let source = question.source
        if let kept = find(source.picture.sha256, question.analysis, question.text) { return kept }
        let (bytes, hash) = try fetch(source.picture)
        if let kept = find(hash, question.analysis, question.text) { return kept }
        let request = TextMapRequest(model: source.model, fit: source.fit, dense: source.dense, text: question.text)
        let answer: TextMapAnswer
        do {
            let message = try MapMessage(request, payload: bytes)
            answer = try running(&child).ask(message) { !isClosed.load(ordering: .acquiring) }
        } catch let failure as MapChildFailure {
            log.warning("a map was not made", metadata: ["reason": "\(failure)"])
            child?.end()
            child = nil
            throw ExplorerProblem(.unavailable, failure.description)
        }
        switch answer {
        case .map(let map):
            keep(map, hash, question.analysis, question.text)
            return map
        case .refusal(let sentence): throw ExplorerProblem(.notFound, sentence)
        }
    }

    /// The child, or another if it has ended meanwhile.
    private func running(_ child: inout MapChild?) throws -> MapChild {
        if let child, child.isRunning { return child }
        child?.end()
        child = nil
        let started = try MapChild(options)
        child = started
        return started
    }

    private func fetch(_ picture: PictureSourceRow) throws -> (bytes: [UInt8], hash: String) {
        let (bytes, hash) = try ExplorerProblem.fetching { try fetcher.fetch(picture.uri, sha256: picture.sha256) }
        return (bytes, hash.hexadecimal)
    }

    // MARK: What is kept

    private func find(_ hash: String?, _ analysis: String, _ text: String) -> TextMap? {
        guard let hash, let bytes = cache.withLock({ $0.find(Self.key(hash, analysis, text)) }) else { return nil }
        var rest = bytes[...]
        let message = try? MapMessage(limit: bytes.count) { count in
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        guard let message, case .map(let map)? = try? TextMapAnswer(message) else { return nil }
        return map
    }

    private func keep(_ map: TextMap, _ hash: String, _ analysis: String, _ text: String) {
        guard let message = try? TextMapAnswer.map(map).message() else { return }
        cache.withLock { $0.keep(message.bytes, as: Self.key(hash, analysis, text)) }
    }

    /// By bytes: two spellings of one letter may be two texts to a model.
    private static func key(_ hash: String, _ analysis: String, _ text: String) -> String {
        var digest = SHA256()
        for part in [hash, analysis, text] { digest.update(data: Data(part.utf8) + [0]) }
        return digest.finalize().hexadecimal
    }
}
