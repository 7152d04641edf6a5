import Analyzing
import Foundation
import Testbed
import Testing

@Suite(.startsWorkers(lasting: 30)) struct TrainTests {
    private struct Summary: Decodable {
        struct HeldOut: Decodable {
            let pictures, zero_shot: Int
            let head: Int?
        }
        let baseline: String
        let steps: Int
        let losses, accuracies: [Double]
        let last_fall: Double?
        let held_out: HeldOut?
    }

    private static let heldOut = DrawnWorld.ids(perClass: 3, classes: 14).filter { $0.hasSuffix("002.jpg") }

    /// Runs to its end, which has to be a good one.
    private static func finish(_ arguments: [String], lanes: Int, _ scratch: ScratchFolder) throws -> (
        end: ProgramEnd, summary: Summary
    ) {
        let heldOut = try DrawnWorld.copy(Self.heldOut, to: scratch, as: "heldout")
        let end = try Product.run(
            arguments + ["--lanes", "\(lanes)", "--json", "--held-out", heldOut], in: scratch)
        try #require(end.status == 0, "\(end)")
        return (end, try JSONDecoder().decode(Summary.self, from: Data(end.output.utf8)))
    }

    /// Starts it, and asks it to stop once it has said something.
    private static func interrupt(
        _ arguments: [String], after words: String, by signal: Int32, _ scratch: ScratchFolder
    ) throws -> ProgramEnd {
        let program = try RunningProgram(
            Product.executable.get(), arguments + ["--lanes", "1"],
            environment: Product.environment([
                "XDG_CACHE_HOME": scratch.path + "/cache", "ENTENTE_WORKER_BATCH_SIZE": "1",
            ]), folder: scratch.path)
        defer { program.end() }
        try program.waitForErrors(containing: words)
        program.signal(signal)
        let end = try program.wait(within: 60)
        #expect(end.status == 130 && end.output.isEmpty, "\(end)")
        #expect(end.errors.contains("interrupted; the same command "), "\(end)")
        return end
    }

    private static func head(_ folder: String, _ scratch: ScratchFolder) -> Data? { file("head", folder, scratch) }

    private static func file(_ name: String, _ folder: String, _ scratch: ScratchFolder) -> Data? {
        FileManager.default.contents(atPath: scratch.path + "/\(folder)/\(name).safetensors")
    }

    /// Interrupted while it encodes and while it learns, and ended by other lanes: to the last byte as if undisturbed.
    @Test(arguments: TrainedWorld.baselines)
    func anInterruptedRunComesToTheSameHead(_ baseline: TrainedWorld.Baseline) async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let broken = try TrainedWorld.arguments(baseline, to: "broken", in: scratch)
            _ = try Self.interrupt(broken, after: "encoding 28 pictures once", by: SIGTERM, scratch)
            let learning = try Self.interrupt(broken, after: "epoch 2 of", by: SIGINT, scratch)
            #expect(Self.head("broken", scratch) == nil)
            let (resumed, after) = try Self.finish(broken, lanes: 2, scratch)
            #expect(resumed.errors.contains("going on after step "), "\(resumed)")
            #expect(!resumed.errors.contains("encoding") && !resumed.errors.contains("epoch 2 of"), "\(resumed)")

            let (undisturbed, before) = try Self.finish(
                TrainedWorld.arguments(baseline, to: "whole", in: scratch), lanes: 1, scratch)
            #expect(!undisturbed.errors.contains("going on after"))
            let whole = try #require(Self.head("whole", scratch))
            #expect(Self.head("broken", scratch) == whole, "\(learning)")

            #expect(before.losses == after.losses && before.accuracies == after.accuracies)
            #expect(before.losses.count == baseline.epochs && before.steps == 4 * baseline.epochs)
            let (first, last) = (try #require(before.losses.first), try #require(before.losses.last))
            #expect(before.baseline == baseline.name && last < first && before.last_fall != nil)
            let told = try #require(before.held_out)
            #expect(told.pictures == Self.heldOut.count && told.zero_shot > told.pictures / 2)
            #expect((told.head == nil) == (baseline.name == "feature_maps"))
        }
    }

    /// EZPC's map, interrupted as the heads are; trained it has more of the model's own answers than the descriptors have.
    @Test func anInterruptedRunComesToTheSameMap() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let broken = try TrainedWorld.arguments(TrainedWorld.map, to: "broken", in: scratch)
            _ = try Self.interrupt(broken, after: "encoding 28 pictures once", by: SIGINT, scratch)
            _ = try Self.interrupt(broken, after: "step 100 of", by: SIGTERM, scratch)
            #expect(Self.file("map", "broken", scratch) == nil)
            let (resumed, after) = try Self.finish(broken, lanes: 2, scratch)
            #expect(resumed.errors.contains("going on after step "), "\(resumed)")
            #expect(!resumed.errors.contains("step 100 of"), "\(resumed)")

            let (_, before) = try Self.finish(
                TrainedWorld.arguments(TrainedWorld.map, to: "whole", in: scratch), lanes: 1, scratch)
            let whole = try #require(Self.file("map", "whole", scratch))
            #expect(Self.file("map", "broken", scratch) == whole)
            #expect(before.losses == after.losses && before.steps == TrainedWorld.map.epochs)
            let (first, last) = (try #require(before.losses.first), try #require(before.losses.last))
            #expect(before.baseline == "ezpc" && last < first / 2, "\(first), \(last)")
            #expect(try #require(before.accuracies.last) >= (try #require(before.accuracies.first)))
            let told = try #require(before.held_out)
            #expect(try #require(told.head) > told.pictures / 2)
        }
    }

    /// What is in the folder already is another run's.
    @Test func anotherRunsFolderIsRefused() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let (folder, hash) = try TrainedWorld.train(TrainedWorld.bottleneck, in: scratch)
            let arguments = try TrainedWorld.arguments(
                TrainedWorld.bottleneck, epochs: 1, to: "heads/mm_cbm", in: scratch)
            let other = try Product.run(arguments + ["--seed", "1"], in: scratch)
            #expect(other.status == 65 && other.output.isEmpty, "\(other)")
            #expect(
                other.errors.contains(
                    "\(folder)/checkpoint.safetensors is of another run: its settings differs. Name another --output"),
                "\(other)")
            // The same one has nothing left to do, and leaves the head as it is.
            let again = try Product.run(arguments, in: scratch)
            #expect(again.status == 0 && again.output.contains("/head.safetensors: mm_cbm, 4 steps in "), "\(again)")
            #expect(try FileDigest.sha256([folder + "/head.safetensors"]) == hash)
        }
    }

    @Test func whatCannotBeTrainedOnIsNamed() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let arguments = try TrainedWorld.arguments(TrainedWorld.bottleneck, to: "head", in: scratch)
            let id = TrainedWorld.pictures[3]
            try scratch.write(BadPictures.truncated(id), to: "training/" + id)
            let end = try Product.run(arguments, in: scratch)
            #expect(end.status == 65 && end.errors.contains("training/\(id): "), "\(end)")
            #expect(end.errors.contains("mend the picture or take it out of the folder"), "\(end)")
            #expect(Self.head("head", scratch) == nil)
            // No half of a file that a later run would take for the features.
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/head")
            #expect(left == [], "\(left)")

            let parts = try Product.run(
                ["train", "--baseline", "kmeans"] + arguments.dropFirst(3), in: scratch)
            #expect(parts.status == 64 && parts.errors.contains("kmeans, which needs no training"), "\(parts)")
        }
    }
}
