import Foundation
import Testbed
import Testing

@Suite struct BenchmarkTests {
    private struct Output: Decodable {
        struct Stage: Decodable { let stage: String, median, fastest, slowest: Double }
        let images: Int
        let stages: [Stage]
        let around_encoder, total, images_per_second: Double
    }

    /// The figures themselves are the machine's business; that none is missing is ours.
    @Test func thePipelineIsTimedStageByStage() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let end = try Product.run(
                [
                    "benchmark", "pipeline", "--model", DrawnWorld.model, "--images", "3", "--bank", "50", "--no-crf",
                    "--json",
                ],
                in: scratch)
            try #require(end.status == 0, "\(end)")
            let output = try JSONDecoder().decode(Output.self, from: Data(end.output.utf8))
            #expect(
                output.stages.map(\.stage) == [
                    "poll", "fetch", "decode", "resize", "encoder, pictures", "foreground", "parts", "prompting",
                    "encoder, prompted pictures", "retrieval and agreement", "transaction", "transaction, the server's",
                ])
            for stage in output.stages {
                #expect(
                    stage.fastest >= 0 && stage.fastest <= stage.median && stage.median <= stage.slowest, "\(stage)")
            }
            let medians = Dictionary(uniqueKeysWithValues: output.stages.map { ($0.stage, $0.median) })
            #expect(medians["decode"] ?? 0 > 0)
            let apart = ["encoder, pictures", "encoder, prompted pictures", "prompting", "transaction, the server's"]
            let around = medians.filter { !apart.contains($0.key) }.values.reduce(0, +)
            #expect(abs(output.around_encoder - around) < 1e-6)
            #expect(output.total > output.around_encoder)
            #expect(abs(output.images_per_second * output.total - 1000) < 1e-6)
        }
    }

    @Test func aSinglePassDrawsAndEncodesNothingMore() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let end = try Product.run(
                [
                    "benchmark", "pipeline", "--model", DrawnWorld.model, "--images", "2", "--bank", "50", "--no-crf",
                    "--single-pass", "naclip", "--json",
                ],
                in: scratch)
            try #require(end.status == 0, "\(end)")
            let stages = try JSONDecoder().decode(Output.self, from: Data(end.output.utf8)).stages.map(\.stage)
            #expect(stages.contains("pooling") && stages.contains("encoder, pictures"))
            #expect(!stages.contains { $0.contains("prompt") })
        }
    }

    @Test func unknownArchitecturesAndContradictionsAreRefused() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let unknown = try Product.run(["benchmark", "pipeline", "--architecture", "ViT-Z"], in: scratch)
            #expect(unknown.status == 64 && unknown.errors.contains("ViT-B-16"), "\(unknown)")
            let both = try Product.run(
                ["benchmark", "pipeline", "--architecture", "ViT-B-16", "--model", DrawnWorld.model], in: scratch)
            #expect(both.status == 64, "\(both)")
        }
    }
}
