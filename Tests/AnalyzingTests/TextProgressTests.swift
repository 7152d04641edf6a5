import Concepts
import Foundation
import Inference
import Synchronization
import Testbed
import Testing

@testable import Analyzing

/// Lists that are encoded by several lanes, ended on the way and gone on with: the same bits, and nothing done twice.
@Suite struct TextProgressTests {
    private struct Ended: Error {}

    /// Counts batches, and may end the work before one of them.
    private final class Batches: Sendable {
        private let count = Mutex(0)
        private let limit: Int
        private let atEach: @Sendable (Int) -> Void

        init(limit: Int = .max, atEach: @escaping @Sendable (Int) -> Void = { _ in }) {
            (self.limit, self.atEach) = (limit, atEach)
        }

        var value: Int { count.withLock { $0 } }

        @Sendable func next() throws {
            let number = count.withLock { count in
                count += 1
                return count
            }
            atEach(number)
            guard number <= limit else { throw Ended() }
        }
    }

    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// As many as take the demo's encoder dozens of batches: sentences of the demo's own words.
    private func descriptors(_ count: Int, from first: Int = 0) -> [Identifier] {
        let words = DemoAnalysis.descriptors.flatMap { $0.text.split(separator: " ") }
        return (first..<first + count).map { (number: Int) -> Identifier in
            let chosen = (0..<5).map { (place: Int) -> Substring in
                let step: Int = number * (7 + 2 * place) / (1 + place * place)
                return words[step % words.count]
            }
            return Identifier(chosen.joined(separator: " ") + " \(number)")
        }
    }

    private func analysis(_ descriptors: [Identifier], templates: [String] = ["a photo of a {}."]) throws -> Analysis {
        let demo = try DemoAnalysis.analysis(templates: templates)
        return Analysis(
            model: demo.model, classes: demo.classes, descriptors: descriptors, templates: demo.templates,
            descriptorTemplate: "{}", method: demo.method)
    }

    private func build(
        _ analysis: Analysis, cache: String, lanes: Int = 1, _ batches: Batches = Batches()
    ) throws -> [[PartFindings.LanguageConcept]] {
        let builder = TextSideBuilder(
            cache: DemoAnalysis.cache(in: scratch, cache), shared: nil, lanes: lanes, onBatch: batches.next)
        let side = try builder.build(analysis, model: DemoAnalysis.shared().model)
        return analysis.classes.indices.map(side.languageConcepts(ofClass:))
    }

    private func files(_ cache: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch("\(cache)/entente/text")).sorted()
    }

    private func bytes(_ cache: String) throws -> [String: Data] {
        let folder = scratch("\(cache)/entente/text/")
        return try Dictionary(
            uniqueKeysWithValues: files(cache).map { ($0, try Data(contentsOf: URL(fileURLWithPath: folder + $0))) })
    }

    @Test(arguments: [2, 3, 8]) func lanesChangeNothing(lanes: Int) throws {
        let analysis = try analysis(descriptors(700), templates: ["a photo of a {}.", "a {}", "{}"])
        _ = try build(analysis, cache: "one")
        let batches = Batches()
        _ = try build(analysis, cache: "lanes", lanes: lanes, batches)
        #expect(batches.value > lanes)
        // Every embedding is in the files.
        #expect(try bytes("lanes") == bytes("one"))
    }

    /// Asked to stop: of what was encoded until then, nothing again.
    @Test(arguments: [1, 3]) func whoeverIsStoppedGoesOn(lanes: Int) throws {
        let analysis = try analysis(descriptors(900))
        let whole = Batches()
        _ = try build(analysis, cache: "whole", whole)
        let first = Batches(limit: whole.value / 2)
        #expect(throws: Ended.self) { try build(analysis, cache: "stopped", lanes: lanes, first) }
        #expect(try files("stopped").contains { $0.hasPrefix("piece-") })
        let second = Batches()
        _ = try build(analysis, cache: "stopped", lanes: lanes, second)
        // The list's rest may be cut into one batch more.
        #expect(second.value <= whole.value - whole.value / 2 + 2)
        // Neither is anything left of the pieces, nor does a bit differ.
        #expect(try bytes("stopped") == bytes("whole"))
    }

    /// Killed: what was on disk then is enough for most of it.
    @Test func whoeverIsKilledGoesOn() throws {
        let analysis = try analysis(descriptors(1500))
        let (from, to) = (scratch("running/entente/text"), scratch("killed/entente/text"))
        try scratch.makeFolder("killed/entente")
        let whole = Batches()
        _ = try build(analysis, cache: "whole", whole)
        let moment = whole.value * 3 / 4
        let running = Batches { number in
            if number == moment { try? FileManager.default.copyItem(atPath: from, toPath: to) }
        }
        _ = try build(analysis, cache: "running", running)
        #expect(try files("killed").contains { $0.hasPrefix("piece-") })
        let after = Batches()
        _ = try build(analysis, cache: "killed", after)
        #expect(after.value < whole.value * 3 / 4)
        #expect(try bytes("killed") == bytes("whole"))
    }

    /// What is kept is kept by text, so that another list of the model profits by it.
    @Test func anotherListTakesWhatItHasInCommon() throws {
        let stopped = try analysis(descriptors(900))
        let whole = Batches()
        _ = try build(stopped, cache: "whole", whole)
        #expect(throws: Ended.self) { try build(stopped, cache: "both", Batches(limit: whole.value * 3 / 4)) }
        let pieces = try files("both").filter { $0.hasPrefix("piece-") }
        // The same texts in another order, and others among them.
        let other = try analysis((descriptors(900).reversed() + descriptors(40, from: 2000)))
        let fresh = Batches()
        _ = try build(other, cache: "fresh", fresh)
        let after = Batches()
        _ = try build(other, cache: "both", after)
        #expect(after.value < fresh.value * 2 / 3)
        let (mixed, alone) = (try bytes("both"), try bytes("fresh"))
        for (name, content) in alone { #expect(mixed[name] == content, "\(name)") }
        // All their texts are in a list that is whole.
        #expect(try !files("both").contains { pieces.contains($0) })
    }

    /// A piece with texts that no whole list has is left to those who need it.
    @Test func piecesOfOthersStay() throws {
        let stopped = try analysis(descriptors(900))
        #expect(throws: Ended.self) { try build(stopped, cache: "cache", Batches(limit: 4)) }
        let pieces = try files("cache").filter { $0.hasPrefix("piece-") }
        #expect(!pieces.isEmpty)
        _ = try build(analysis(descriptors(60, from: 5000)), cache: "cache")
        #expect(try files("cache").filter { $0.hasPrefix("piece-") } == pieces)
    }

    @Test func aDamagedPieceIsEncodedAgain() throws {
        let analysis = try analysis(descriptors(900))
        _ = try build(analysis, cache: "whole")
        #expect(throws: Ended.self) { try build(analysis, cache: "cache", Batches(limit: 6)) }
        for name in try files("cache").filter({ $0.hasPrefix("piece-") }) {
            let url = URL(fileURLWithPath: scratch("cache/entente/text/" + name))
            var content = try Data(contentsOf: url)
            // Half of the texts' hashes stand at one end or the other; whatever this hits must show.
            content[content.count - 3] ^= 4
            try content.write(to: url)
        }
        _ = try build(analysis, cache: "cache")
        #expect(try bytes("cache") == bytes("whole"))
    }

    /// A text that overflows is named, whoever had it, and costs the others nothing.
    @Test(arguments: [1, 4]) func theErrorIsTheSameOnAnyLanes(lanes: Int) throws {
        let model = try OverflowingModel.load("ln_final.weight", times: 3e38, in: scratch)
        let analysis = try analysis(descriptors(400))
        func message() -> String? {
            let builder = TextSideBuilder(
                cache: DemoAnalysis.cache(in: scratch, UUID().uuidString), shared: nil, lanes: lanes)
            do {
                _ = try builder.build(analysis, model: model)
                return nil
            } catch { return "\(error)" }
        }
        let first = try #require(message())
        #expect(first.contains("the text \"a photo of a barn dibbet.\""))
        #expect(message() == first)
    }
}
