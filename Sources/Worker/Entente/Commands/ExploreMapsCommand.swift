import Analyzing
import ArgumentParser
import Exploring
import Fetch
import Foundation
import Inference
import Settings
import Threads

/// `explore-maps`: what `explore` starts for maps of texts, and talks to over standard input and output. Ends when its input does.
struct ExploreMapsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: MapProvision.commandName,
        abstract: "Make maps of texts for `explore`, which starts this by itself.",
        shouldDisplay: false)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let limits = try settings.decodingLimits()
        Self.stepBack()
        CrashReporter.turnOff()
        BLAS.prepareForLanes()
        let mapper = TextMapper(ModelLibrary(paths: settings.paths(.modelPath)), limits: limits)
        let questions = BoundedQueue<MapMessage>(limit: 1)
        // A thread of its own, which sees the end of the explorer also while a map is being made.
        _ = WorkerThread("questions") {
            while let question = try? MapMessage(limit: limits.maxBytes, read: Self.read) { questions.push(question) }
            ProcessEnd.leave(with: 0)
        }
        while let question = questions.pop() {
            let request = try question.decoded(TextMapRequest.self)
            let answer = try mapper.answer(request, picture: question.payload).message()
            guard Self.write(answer.bytes) else { return }
        }
    }

    /// Pages are made before maps are; and where memory runs short, this process goes, not the explorer.
    private static func stepBack() {
        _ = nice(10)
        try? "500".write(toFile: "/proc/self/oom_score_adj", atomically: false, encoding: .utf8)
    }

    /// The explorer is gone, or going.
    private struct InputEnded: Error {}

    private static func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var read = 0
        while read < count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(STDIN_FILENO, $0.baseAddress! + read, count - read) }
            if got > 0 { read += got } else if got == 0 || errno != EINTR { throw InputEnded() }
        }
        return bytes
    }

    /// - Returns: `false` once nobody reads.
    private static func write(_ bytes: [UInt8]) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress! + written, bytes.count - written)
            }
            if count > 0 { written += count } else if errno != EINTR { return false }
        }
        return true
    }
}
