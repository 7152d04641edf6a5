import ArgumentParser
import Concepts
import Foundation
import Inference

/// `benchmark`: what this machine does, measured on made data.
struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Measure how fast this machine is, on made data.",
        subcommands: [BenchmarkEncodeCommand.self, BenchmarkStagesCommand.self, BenchmarkWritersCommand.self])
}

/// `benchmark stages`: the method's stages around the encoder, on one core.
struct BenchmarkStagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages",
        abstract: "Time the method's stages around the encoder on one core.",
        discussion: """
            A 224-pixel picture, patch features of ViT-B/16's size, 1,000 classes, a bank of 4,000 descriptors, one part \
            method: milliseconds an image, median of all images and the extremes.
            """)

    @Option(help: ArgumentHelp("Pictures to time.", valueName: "n"))
    var images = 21

    @Flag(help: "Print the figures as JSON.")
    var json = false

    func validate() throws {
        guard 1...10_000 ~= images else { throw ValidationError("--images takes 1 to 10000, not \(images)") }
    }

    func run() async throws {
        let methods = PartMethod.allCases.map { method in
            var benchmark = StageBenchmark(partMethod: method, images: images)
            return (method: method.rawValue, stages: benchmark.run())
        }
        if json {
            struct Output: Encodable {
                let kernelSet: String
                let images: Int
                let partMethods: [String: [StageBenchmark.Stage]]

                enum CodingKeys: String, CodingKey {
                    case images
                    case kernelSet = "kernel_set"
                    case partMethods = "part_methods"
                }
            }
            let output = Output(
                kernelSet: BLAS.kernelSet, images: images,
                partMethods: Dictionary(uniqueKeysWithValues: methods.map { ($0.method, $0.stages) }))
            try StandardOutput.json(output)
            return
        }
        try StandardOutput.line("Milliseconds an image on one core, \(images) images, kernel set \(BLAS.kernelSet)")
        for (method, stages) in methods {
            try StandardOutput.line("")
            try StandardOutput.line(Self.line("\(method) parts", "median", "fastest", "slowest"))
            for stage in stages {
                let numbers = [stage.median, stage.fastest, stage.slowest].map { String(format: "%.1f", $0) }
                try StandardOutput.line(Self.line("  " + stage.stage, numbers[0], numbers[1], numbers[2]))
            }
        }
    }

    private static func line(_ name: String, _ cells: String...) -> String {
        name + String(repeating: " ", count: max(28 - name.count, 1))
            + cells.map { String(repeating: " ", count: max(9 - $0.count, 0)) + $0 }.joined()
    }
}
