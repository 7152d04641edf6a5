import ArgumentParser
import Concepts
import Foundation
import Jobs
import Kafka
import Persistence
import Settings

extension ImageSplit: ExpressibleByArgument {}

/// `submit`: announces images to the database and sends them as jobs.
struct SubmitCommand: AsyncParsableCommand {
    enum Grouping: String, CaseIterable, ExpressibleByArgument { case label }

    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Send a dataset's images to the workers as jobs of one analysis.",
        discussion: """
            --images takes the ImageFolder layout: one folder a class, named by class id or name. Files are taken by \
            their names' endings, others by their content; what is no picture that is read here, or a tool's, is passed \
            over and counted. --manifest takes CSV with a header or JSON Lines with the fields uri or path, id, label, \
            sha256; - is standard input.
            """)

    @Option(help: ArgumentHelp("Analysis file.", valueName: "file.yaml"))
    var analysis: String

    @Option(help: ArgumentHelp("Folder of pictures.", valueName: "dir"))
    var images: String?

    @Option(help: ArgumentHelp("CSV or JSON Lines file, or - for standard input.", valueName: "file"))
    var manifest: String?

    @Argument(help: "- reads a manifest from standard input.")
    var input: String?

    @Option(help: ArgumentHelp("Keep images of one label together in a job: label.", valueName: "field"))
    var groupBy: Grouping?

    @Option(help: ArgumentHelp("Images in a job at most, 1 to 256.", valueName: "n"))
    var imagesPerJob = 32

    @Option(
        help: ArgumentHelp(
            "Send one half alone, even or odd by the images' ids: what was mined on the other is judged here.",
            valueName: "half"))
    var split: ImageSplit?

    @Flag(help: "Compute again what is already there, also of another picture or label.")
    var force = false

    @Flag(help: "Keep the bytes of data: images in the database, so that they can be replayed.")
    var keepData = false

    @Flag(help: "Count, name unknown labels and estimate the time; send nothing.")
    var dryRun = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var calibration: CalibrationOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard ImageJob.imageCounts.contains(imagesPerJob) else {
            throw ValidationError("--images-per-job takes 1 to 256, not \(imagesPerJob)")
        }
        let sources = [images, manifest, input].compactMap { $0 }
        guard sources.count == 1 else {
            throw ValidationError("name the images with one of --images DIR, --manifest FILE and -")
        }
        guard input == nil || input == "-" else {
            throw ValidationError("“\(input ?? "")” is not understood; a manifest on standard input is named -")
        }
    }

    func run() async throws {
        let settings = try await global.settings(database.flags.merging(kafka.flags) { $1 })
        let file = try AnalysisFile(path: analysis, share: settings.value(.share))
        StandardError.warn(file.warnings())
        // Before a calibration takes its time.
        if !dryRun, calibration.calibration != nil {
            _ = (try settings.required(.postgresURI), try settings.kafka(), try settings.jobTopic())
        }
        let passedOver: PassedOver
        let submission: DatasetSubmission
        if let images {
            let listing = try ImageFolder.list(images)
            passedOver = listing.passedOver
            submission = try self.submission(file, listing, settings)
        } else {
            passedOver = PassedOver()
            submission = try self.submission(file, Manifest.list(manifest ?? "-"), settings)
        }
        if dryRun {
            let estimate = try submission.estimate(settings)
            return try show(estimate.json, estimate.text, passedOver)
        }
        let sent = try submission.send(
            postgresURI: try settings.required(.postgresURI), kafka: try settings.kafka(),
            topic: try settings.jobTopic(), log: try settings.logger("entente.submit"))
        try show(sent.json, sent.text, passedOver)
    }

    private func submission(
        _ file: AnalysisFile, _ images: some RandomAccessCollection<ListedImage>, _ settings: Settings
    ) throws -> DatasetSubmission {
        try DatasetSubmission(
            file, images: images, grouped: groupBy == .label, imagesPerJob: imagesPerJob, force: force,
            keepData: keepData, split: split
        ) { images in
            try calibration.smoothing(of: file, path: analysis, settings: settings) { pictures in
                images.first { pictures.hold(uri: $0.uri, sha256: $0.sha256) }?.id.text
            }
        }
    }

    /// - Parameter object: JSON; what was passed over becomes its last member.
    private func show(_ object: String, _ text: String, _ passedOver: PassedOver) throws {
        if json {
            let lines = try JSONEncoder.sorted(passedOver.lines)
            try StandardOutput.json(text: "\(object.dropLast()), \"passed_over\": \(lines)}")
        } else {
            try StandardOutput.line(([text, passedOver.text].filter { !$0.isEmpty }).joined(separator: "\n"))
        }
    }
}
