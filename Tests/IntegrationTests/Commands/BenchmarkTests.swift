import Foundation
import Testbed
import Testing

@Suite struct BenchmarkTests {
    private struct Output: Decodable {
        struct Stage: Decodable { let stage: String, median, fastest, slowest: Double }
        let images: Int
        let stages: [Stage]
        let around_encoder, total, images_per_second: Double
        let part_methods: [String]
        let passes: Int
        let passes_saved, plain_pass, share_of_plain_passes: Double
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
            #expect(output.part_methods == ["kmeans"] && output.passes == 16)
        }
    }

    /// Passes are counted by what the encoder was given, and the whole is measured in plain ones.
    @Test func bothPartMethodsAreTimedTogether() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let end = try Product.run(
                [
                    "benchmark", "pipeline", "--model", DrawnWorld.model, "--images", "3", "--bank", "50", "--no-crf",
                    "--part-method", "pca", "--part-method", "kmeans", "--json",
                ],
                in: scratch)
            try #require(end.status == 0, "\(end)")
            let output = try JSONDecoder().decode(Output.self, from: Data(end.output.utf8))
            #expect(output.part_methods == ["pca", "kmeans"] && output.passes == 31)
            // An image takes at least a pass and three prompted pictures, and whole pictures are counted.
            #expect(0...27 ~= output.passes_saved)
            #expect(abs((output.passes_saved * 3).rounded() - output.passes_saved * 3) < 1e-9)
            #expect(output.plain_pass > 0)
            #expect(abs(output.share_of_plain_passes * 31 * output.plain_pass - output.total) < 1e-6 * output.total)
            #expect(!output.stages.contains { $0.stage.contains("plain") })
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
            let output = try JSONDecoder().decode(Output.self, from: Data(end.output.utf8))
            #expect(output.passes == 1 && output.passes_saved == 0 && output.part_methods == ["kmeans+naclip"])
            let stages = output.stages.map(\.stage)
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
            let twice = try Product.run(
                ["benchmark", "pipeline", "--part-method", "pca", "--part-method", "pca"], in: scratch)
            #expect(twice.status == 64 && twice.errors.contains("names pca twice"), "\(twice)")
        }
    }
}
