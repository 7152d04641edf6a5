import Concepts
import Fetch
import Foundation
import Inference
import Logging
import Testbed
import Testing

@testable import Exploring

/// With programs in the child's place that crash, hang, talk nonsense or answer what is in a file; what a real one answers is tested
/// with the product.
@Suite struct MapMakerTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A folder with a picture, and an answer that a shell can give.
    private struct Place {
        let scratch: ScratchFolder
        let source: MapSource

        init() throws {
            scratch = try ScratchFolder()
            let picture = try scratch.write([1, 2, 3], to: "p.jpg")
            try scratch.write(TextMapAnswer.map(TextMapTests.map()).message().bytes, to: "answer")
            source = MapSource(
                picture: PictureSourceRow(uri: ImageFetcher.fileURI(ofPath: picture), sha256: nil, fit: "squash"),
                model: MapMessageTests.model, fit: .squash, dense: nil)
        }

        func maker(
            _ script: String, idle: Double = 600, change: (inout MapChildOptions) -> Void = { _ in }
        ) -> MapMaker {
            var options = MapChildOptions(
                command: ["/bin/sh", "-c", script], environment: ["DIR": scratch.path, "PATH": "/usr/bin:/bin"],
                idle: .seconds(idle))
            change(&options)
            let files = LocalFile(roots: FileRoots([scratch.path]), limit: 1 << 20)
            return MapMaker(options, fetcher: ImageFetcher(files: files), log: quiet)
        }

        var pids: [pid_t] {
            let text = (try? String(contentsOfFile: scratch("pids"), encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap { pid_t($0) }
        }
    }

    /// Says its number, answers the first question, and ends with its input.
    private static let answering = "echo $$ >> $DIR/pids; cat $DIR/answer; exec cat > /dev/null"

    private static func close(_ maker: MapMaker) async throws { try await onOwnThread { maker.close() } }

    private static func problem(_ maker: MapMaker, _ place: Place, _ text: String = "x") async -> ExplorerProblem? {
        do {
            _ = try await maker.map(of: place.source, analysis: "a", text: text)
            return nil
        } catch { return error as? ExplorerProblem }
    }

    @Test func mapsAreKept() async throws {
        let place = try Place()
        let maker = place.maker(Self.answering)
        let first = try await maker.map(of: place.source, analysis: "a", text: "e\u{301}")
        #expect(first == TextMapTests.map())
        // The child would not answer again.
        #expect(try await maker.map(of: place.source, analysis: "a", text: "e\u{301}") == first)
        #expect(place.pids.count == 1)
        let pid = try #require(place.pids.first)
        try await Self.close(maker)
        #expect(kill(pid, 0) != 0)
        #expect(await Self.problem(maker, place)?.kind == .unavailable)
    }

    @Test func aChildEndsWhenNobodyAsksAndAnotherComes() async throws {
        let place = try Place()
        let maker = place.maker(Self.answering, idle: 0.1)
        for text in ["a", "b"] {
            _ = try await maker.map(of: place.source, analysis: "a", text: text)
            let pid = try #require(place.pids.last)
            try await onOwnThread { try eventually("the child ends") { kill(pid, 0) != 0 } }
        }
        #expect(Set(place.pids).count == 2)
        try await Self.close(maker)
    }

    @Test(arguments: [
        ("exit 3", "ended with code 3"), ("kill -9 $$", "was killed"), ("kill -6 $$", "signal 6"),
        ("exec <&- >&-; exec sleep 60", "said nothing more and was ended"),
        ("head -c 64 /dev/zero; exec cat > /dev/null", "no map"),
        ("printf '\\002\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0{}'; exec cat > /dev/null", "no map"),
    ])
    func aCrashIsASentenceAndTheNextAsksAnother(script: String, words: String) async throws {
        let place = try Place()
        let maker = place.maker("if [ -e $DIR/again ]; then \(Self.answering); fi; touch $DIR/again; \(script)")
        let problem = await Self.problem(maker, place)
        #expect(problem?.kind == .unavailable && problem?.sentence.contains(words) == true, "\(problem as Any)")
        #expect(try await maker.map(of: place.source, analysis: "a", text: "x") == TextMapTests.map())
        try await Self.close(maker)
    }

    @Test func whatIsNoProgramIsSaid() async throws {
        let place = try Place()
        let maker = place.maker("") { $0 = MapChildOptions(command: ["/no/such"], environment: [:], idle: .seconds(9)) }
        #expect(await Self.problem(maker, place)?.sentence.contains("can't be started") == true)
        try await Self.close(maker)
    }

    @Test func aMapThatTakesTooLongIsGivenUp() async throws {
        let place = try Place()
        let maker = place.maker("echo $$ >> $DIR/pids; exec sleep 600") { $0.limit = .milliseconds(200) }
        #expect(await Self.problem(maker, place)?.sentence.contains("was given up") == true)
        let pid = try #require(place.pids.first)
        #expect(kill(pid, 0) != 0)
        try await Self.close(maker)
    }

    /// The asker's patience ends before the child's time does; what comes of it serves the next.
    @Test func whoHasWaitedIsToldToComeAgain() async throws {
        let place = try Place()
        let go = place.scratch("go")
        let maker = place.maker("until [ -e $DIR/go ]; do sleep 0.05; done; \(Self.answering)") {
            $0.patience = .milliseconds(100)
        }
        #expect(await Self.problem(maker, place)?.sentence.contains("still being made") == true)
        try Data().write(to: URL(fileURLWithPath: go))
        var made: TextMap?
        let deadline = ContinuousClock.now + .seconds(120)
        while made == nil, .now < deadline { made = try? await maker.map(of: place.source, analysis: "a", text: "x") }
        #expect(made == TextMapTests.map() && place.pids.count == 1)
        try await Self.close(maker)
    }

    @Test func aFullQueueIsToldAndWhoLeftHoldsNoPlace() async throws {
        let place = try Place()
        let maker = place.maker("echo $$ >> $DIR/pids; exec sleep 600")
        func ask(_ text: String) -> Task<TextMap, any Error> {
            Task { try await maker.map(of: place.source, analysis: "a", text: text) }
        }
        let first = ask("first")
        try await onOwnThread { try eventually("the first is being made") { !place.pids.isEmpty } }
        let waiting = (0..<MapMaker.waiting).map { ask("\($0)") }
        // Whichever comes when all places are taken.
        try await onOwnThread { try eventually("all places are taken") { maker.places.withLock { $0 } == 0 } }
        let refused = await Self.problem(maker, place, "one more")
        #expect(refused?.kind == .unavailable && refused?.sentence.contains("Too many maps") == true)
        for task in waiting {
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        // Though the first is still being made.
        #expect(maker.places.withLock { $0 } == MapMaker.waiting)
        let later = ask("later")
        try await onOwnThread { try eventually("it waits") { maker.places.withLock { $0 } == MapMaker.waiting - 1 } }
        for task in [later, first] {
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        // In the middle of a map, too.
        let pid = try #require(place.pids.first)
        try await Self.close(maker)
        #expect(kill(pid, 0) != 0 && place.pids.count == 1)
    }

    @Test func aPictureThatCannotBeHadIsSaidAndNobodyIsStarted() async throws {
        let place = try Place()
        let maker = place.maker(Self.answering)
        for uri in ["file:///etc/passwd", "file://\(place.scratch.path)/gone.jpg", "ftp://h/p"] {
            let source = MapSource(
                picture: PictureSourceRow(uri: uri, sha256: nil, fit: "squash"), model: MapMessageTests.model,
                fit: .squash, dense: nil)
            let problem = await #expect(throws: ExplorerProblem.self) {
                try await maker.map(of: source, analysis: "a", text: "x")
            }
            #expect(problem?.kind == .notFound, "\(uri)")
        }
        #expect(place.pids.isEmpty)
        try await Self.close(maker)
    }
}
