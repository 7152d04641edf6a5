import ArgumentParser
import Foundation
import Settings

package struct Entente: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "entente",
        abstract: "Measures what a CLIP model's vision encoder and language encoder agree on, over whole datasets.",
        version: BuildInformation.version,
        subcommands: [
            DemoCommand.self, WorkerCommand.self, SubmitCommand.self, AnalyzeCommand.self, EncodeCommand.self,
            EncodeTextCommand.self, DenseCommand.self, TrainCommand.self, DecomposeCommand.self, TokenizeCommand.self,
            MigrateCommand.self, VerifyCommand.self, StatusCommand.self,
            ReplayCommand.self, CompareCommand.self, AugmentCommand.self, DescriptorsCommand.self, AnalysesCommand.self,
            SubmissionsCommand.self,
            OffsetsCommand.self, DeadLettersCommand.self, StatisticsCommand.self, GroundTruthCommand.self,
            AblationsCommand.self, ExportCommand.self,
            ReportCommand.self, ExploreCommand.self, ExploreMapsCommand.self,
            BrokerCommand.self, BenchmarkCommand.self, ModelsCommand.self,
        ])

    package init() {}
}
