import Analyzing
import Concepts
import Foundation
import Inference
import Jobs
import Kafka
import Logging
import Persistence
import Settings
import Threads

/// Images on their way to becoming jobs: checked whole, then announced to the database, then sent to Kafka.
struct DatasetSubmission: OutgoingImages {
    var analysis: Analysis { target.analysis }
    private let target: TargetAnalysis
    private let modelDirectory: String
    private let images: any RandomAccessCollection<ListedImage>
    private let index: ClassIndex
    private let grouped: Bool
    private let sender: JobSender

    /// - Parameters:
    ///   - grouped: whether images of one label stay together.
    ///   - split: the half of the images that is sent; nil for all.
    ///   - calibrate: asked for what a calibration finds once the images are known to be possible, which it gets.
    /// - Throws: ``CommandFailure`` naming unknown labels and impossible images; `InferenceError` for the model.
    init(
        _ file: AnalysisFile, images listed: some RandomAccessCollection<ListedImage>, grouped: Bool, imagesPerJob: Int,
        force: Bool, keepData: Bool, split: ImageSplit? = nil,
        calibrate: (any RandomAccessCollection<ListedImage>) throws -> Smoothing? = { _ in nil }
    ) throws {
        index = ClassIndex(file.classes)
        self.grouped = grouped
        try Self.checkLabels(listed, index)
        // Of a half only places are kept: a list may make its images as they are asked for.
        if let split { images = ListedHalf(listed, split) } else { images = listed }
        for image in images { _ = try Self.outgoing(image, index, file.classes, grouped: grouped) }
        target = try TargetAnalysis(file, smoothing: calibrate(images))
        modelDirectory = file.modelDirectory
        sender = JobSender(
            analysisID: target.analysis.id, classes: target.analysis.classes, imagesPerJob: imagesPerJob, force: force,
            keepData: keepData)
    }

    /// Each made when it is asked for: a list of millions is short, and jobs are not.
    func forEach(_ body: (OutgoingImage) throws -> Void) throws {
        for image in images { try body(Self.outgoing(image, index, target.analysis.classes, grouped: grouped)) }
    }

    private static func outgoing(
        _ image: ListedImage, _ index: ClassIndex, _ classes: [Analysis.Class], grouped: Bool
    ) throws(CommandFailure) -> OutgoingImage {
        // Ids instead of names, so that a label means the same in every table.
        let label = image.label.flatMap { try? index.find($0).get() }.map { classes[$0].id }
        do throws(JobError) {
            return OutgoingImage(
                image: try ImageJob.Image(id: image.id, uri: image.uri, label: label, sha256: image.sha256),
                group: grouped ? label : nil)
        } catch {
            throw CommandFailure(.badInput, "\(image.origin): \(error.message).")
        }
    }

    /// All unknown labels in one message, each with the first place that has it.
    private static func checkLabels(
        _ images: some RandomAccessCollection<ListedImage>, _ index: ClassIndex
    ) throws(CommandFailure) {
        var unknown: [(label: Identifier, place: String, reason: String)] = []
        var seen: Set<Identifier> = []
        for image in images {
            guard let label = image.label, seen.insert(label).inserted else { continue }
            if case .failure(let failure) = index.find(label) {
                unknown.append((label, image.origin, index.explanation(of: failure, for: label)))
            }
        }
        guard !unknown.isEmpty else { return }
        let shown = unknown.prefix(20).map { "\(quoted($0.label.text)) (\($0.place)) \($0.reason)" }
        let more = unknown.count > 20 ? ["and \(unknown.count - 20) more"] : []
        throw CommandFailure(
            .badInput,
            "Labels have to be class ids or unique class names: " + (shown + more).joined(separator: "; ") + ".")
    }

    /// Registers the analysis, announces the images, sends the jobs and waits until the broker has all of them.
    func send(
        postgresURI: String, kafka: KafkaClientConfiguration, topic: String, log: Logger
    ) throws -> SentJobs {
        let connection = try Connection(uri: postgresURI, settings: .patient(applicationName: "entente submit"))
        try Migrator(connection).check()
        let producer = try KafkaProducer.ofJobs(kafka, topic, log: log)
        defer { producer.close(within: .seconds(5)) }
        return try sender.send(
            self, to: topic, through: producer, connection,
            prepare: { try target.register(AnalysisStore(connection)) })
    }

    // MARK: - Dry run

    struct Estimate {
        let analysis: String
        let images: Int
        let labelled: Int
        let jobs: Int
        /// Encoder time of one worker with this machine's lanes.
        let seconds: Double

        var json: String {
            "{\"analysis\": \"\(analysis)\", \"submission\": null, \"jobs\": \(jobs), \"images\": \(images), "
                + "\"labelled\": \(labelled), \"estimated_seconds\": \(Int(seconds.rounded(.up)))}"
        }
        var text: String {
            "\(images) images (\(labelled) labelled) would go in \(jobs) jobs of analysis \(analysis).\n"
                + "One worker on this machine would encode for about \(readableDuration(seconds)). Nothing was sent."
        }
    }

    /// Counts, and times the vision encoder on this machine.
    func estimate(_ settings: Settings) throws -> Estimate {
        var (jobs, labelled) = (0, 0)
        try sender.jobs(of: self, submission: nil, maximumBytes: ImageJob.maximumBytes) { job in
            jobs += 1
            labelled += job.images.count { $0.label != nil }
        }
        BLAS.prepareForLanes()
        // Nearly all passes are those of prompted pictures.
        let vision = try LoadedModel(directory: modelDirectory, form: analysis.visionForm).promptedVision
        let batch = 4
        let session = vision.session(batchSize: batch)
        let pictures = Array(
            repeating: VisionInput.values(.init(repeating: 0, count: 3 * vision.imageSize * vision.imageSize)),
            count: batch)
        let clock = ContinuousClock()
        // The fastest of a few: what disturbs only ever adds.
        let fastest =
            (0..<3).map { _ in
                clock.measure { _ = session.encode(pictures) }.microseconds
            }.min() ?? 0
        let lanes = try settings.integer(.workerLanes, in: 1...512)
        let count = images.count
        let seconds = Double(count * analysis.method.passesPerImage * fastest) / Double(batch * lanes) / 1e6
        return Estimate(
            analysis: analysis.id, images: count, labelled: labelled, jobs: jobs, seconds: seconds)
    }
}
