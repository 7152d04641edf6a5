import ArgumentParser
import Concepts
import Inference

/// `benchmark stages`: the method's stages around the encoder, on one core.
struct BenchmarkStagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages",
        abstract: "Time the method's stages around the encoder on one core.",
        discussion: """
            A 224-pixel picture, patch features of ViT-B/16's size, 1,000 classes, a bank of 4,000 descriptors, one part \
            method: CPU milliseconds an image, median of all images and the extremes.
            """)

    @Option(help: ArgumentHelp("Pictures to time.", valueName: "n"))
    var images = 21

    @Flag(help: "Print the figures as JSON.")
    var json = false

    func validate() throws {
        guard 1...10_000 ~= images else { throw ValidationError("--images takes 1 to 10000, not \(images)") }
    }

    func run() async throws {
        let methods = PartMethod.allCases.filter { !$0.needsTraining }.map { method in
            var benchmark = StageBenchmark(partMethods: [method], images: images)
            var clock = StageClock()
            _ = benchmark.run(&clock)
            return (method: method.rawValue, stages: clock.stages)
        }
        if json {
            struct Output: Encodable {
                let kernelSet: String
                let images: Int
                let partMethods: [String: [StageClock.Stage]]

                enum CodingKeys: String, CodingKey {
                    case images
                    case kernelSet = "kernel_set"
                    case partMethods = "part_methods"
                }
            }
            let output = Output(
                kernelSet: KernelSet.name, images: images,
                partMethods: Dictionary(uniqueKeysWithValues: methods.map { ($0.method, $0.stages) }))
            try StandardOutput.json(output)
            return
        }
        try StandardOutput.line(
            "CPU milliseconds an image on one core, \(images) images, kernel set \(KernelSet.name)")
        for (method, stages) in methods {
            try StandardOutput.line("")
            for line in StageTable.lines("\(method) parts", stages) { try StandardOutput.line(line) }
        }
    }
}
