import ArgumentParser

/// `benchmark`: what this machine does, measured on made data.
struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Measure how fast this machine is, on made data.",
        subcommands: [
            BenchmarkEncodeCommand.self, BenchmarkDenseCommand.self, BenchmarkStagesCommand.self,
            BenchmarkTextsCommand.self, BenchmarkPipelineCommand.self,
            BenchmarkWritersCommand.self,
        ])
}
