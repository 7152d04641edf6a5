import ArgumentParser
import Foundation
import Jobs
import Kafka
import Persistence
import Settings

/// `replay`: sends an analysis's images again under another one.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send the images of one analysis again under another, usually that of a new model revision.",
        discussion: """
            The images come out of the database, so nothing has to be left on the topic. All of them are sent, whatever \
            became of them, with the hash of the bytes that were analysed: a file that has changed since fails instead of \
            being compared. Images of a group, and those that were decomposed together, stay one job of up to 256. \
            Images that came as data: and were not kept are left out and counted: in = out + left out.
            """)

    @Option(help: ArgumentHelp("Analysis whose images are sent: id, unique beginning of it, or name.", valueName: "id"))
    var from: String

    @Option(
        help: ArgumentHelp(
            "Analysis they are sent under: a YAML file, which is registered, or a registered analysis.",
            valueName: "file.yaml|id"))
    var to: String

    @Flag(
        help: """
            Only images that failed; if the analysis of --to decomposes groups, their whole groups.
            """)
    var failedOnly = false

    @Option(help: ArgumentHelp("Images in a job at most, 1 to 256; of those without a group.", valueName: "n"))
    var imagesPerJob = 32

    @Flag(help: "Compute again what is already there, also of another picture or label.")
    var force = false

    @Flag(help: "Print {\"analysis\", \"submission\", \"jobs\", \"images\", \"left_out\"}.")
    var json = false

    @OptionGroup var calibration: CalibrationOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard ImageJob.imageCounts.contains(imagesPerJob) else {
            throw ValidationError("--images-per-job takes 1 to 256, not \(imagesPerJob)")
        }
    }

    func run() async throws {
        let settings = try await global.settings(database.flags.merging(kafka.flags) { $1 })
        let broker = try settings.kafka()
        let writer = try settings.connect("replay")
        let store = AnalysisStore(writer)
        let fromID = try store.resolve(from)
        let target = try TargetAnalysis(to, share: settings.value(.share), store) { file in
            try calibration.smoothing(of: file, path: to, settings: settings) {
                try store.image(of: fromID, uris: $0.uris, hashes: $0.hashes)
            }
        }
        if target.isRegistered, calibration.calibration != nil {
            throw CommandFailure(
                .usage,
                "\(CalibrationOptions.name) goes with an analysis file, and \(to) is registered as it is; leave it out, or name the file."
            )
        }
        let replay = Replay(
            fromID: fromID, target: target,
            failedOnly: failedOnly, imagesPerJob: imagesPerJob, force: force)
        var bar: (phase: JobSender.Phase, bar: ProgressBar)?
        let outcome = try replay.run(
            reader: try settings.connect("replay"), writer: writer, kafka: broker,
            topic: try settings.jobTopic(), log: try settings.logger("entente.replay")
        ) { phase, done, total in
            if bar?.phase != phase {
                bar?.bar.finish()
                bar = (phase, ProgressBar(total: total, of: "images \(phase.rawValue)"))
            }
            bar?.bar.show(done)
        }
        bar?.bar.finish()
        try StandardOutput.line(json ? outcome.json : outcome.text)
    }
}
