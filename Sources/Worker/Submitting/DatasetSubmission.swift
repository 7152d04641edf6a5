import Concepts
import Foundation
import Inference
import Logging
import Persistence

/// Images on their way to becoming jobs: checked whole, then announced to the database, then sent to Kafka.
struct DatasetSubmission {
    let analysis: Analysis
    private let name: String
    private let modelDirectory: String
    private let images: [(image: ImageJob.Image, group: String?)]
    private let imagesPerJob: Int
    private let force: Bool
    private let keepData: Bool

    /// - Parameter grouped: whether images of one label stay together.
    /// - Throws: ``CommandFailure`` naming unknown labels and impossible images; `InferenceError` for the model.
    init(
        _ file: AnalysisFile, images listed: [ListedImage], grouped: Bool, imagesPerJob: Int, force: Bool,
        keepData: Bool
    ) throws {
        let directory = try ModelDirectory(file.modelDirectory)
        analysis = file.analysis(model: try Analysis.ModelFingerprint(directory: directory.path))
        if let refusal = directory.configuration.refusal(of: file.method) {
            throw CommandFailure(.badInput, "\(file.name): \(refusal)")
        }
        name = file.name
        modelDirectory = file.modelDirectory
        self.imagesPerJob = imagesPerJob
        self.force = force
        self.keepData = keepData
        let index = ClassIndex(analysis.classes)
        try Self.checkLabels(listed, index)
        let classes = analysis.classes
        images = try listed.map { image in
            // Ids instead of names, so that a label means the same in every table.
            let label = image.label.flatMap { try? index.find($0).get() }.map { classes[$0].id }
            do throws(JobError) {
                return (
                    try ImageJob.Image(id: image.id, uri: image.uri, label: label, sha256: image.sha256),
                    grouped ? label : nil
                )
            } catch {
                throw CommandFailure(.badInput, "\(image.origin): \(error.message).")
            }
        }
    }

    /// All unknown labels in one message, each with the first place that has it.
    private static func checkLabels(_ images: [ListedImage], _ index: ClassIndex) throws(CommandFailure) {
        var unknown: [(label: String, place: String, reason: String)] = []
        var seen: Set<[UInt8]> = []
        for image in images {
            guard let label = image.label, seen.insert(Array(label.utf8)).inserted else { continue }
            if case .failure(let failure) = index.find(label) {
                unknown.append((label, image.origin, failure.rawValue))
            }
        }
        guard !unknown.isEmpty else { return }
        let shown = unknown.prefix(20).map { "\(quoted($0.label)) (\($0.place)) \($0.reason)" }
        let more = unknown.count > 20 ? ["and \(unknown.count - 20) more"] : []
        throw CommandFailure(
            .badInput,
            "Labels have to be class ids or unique class names: " + (shown + more).joined(separator: "; ") + ".")
    }

    /// The jobs, each below `maximumBytes`, in order.
    private func jobs(submission: String?, maximumBytes: Int, _ body: (ImageJob) throws -> Void) throws {
        do {
            var packer = try JobPacker(
                analysis: analysis.id, submission: submission, force: force, maximumImages: imagesPerJob,
                maximumBytes: maximumBytes)
            for (image, group) in images {
                if let job = try packer.add(image, group: group) { try body(job) }
            }
            for job in try packer.finish() { try body(job) }
        } catch let error as JobError {
            throw CommandFailure(.badInput, error.message + ".")
        }
    }

    // MARK: - Sending

    struct Sent {
        let analysis: String
        let submission: String
        let jobs: Int
        let images: Int

        var json: String {
            "{\"analysis\": \"\(analysis)\", \"submission\": \"\(submission)\", \"jobs\": \(jobs), \"images\": \(images)}"
        }
        var text: String {
            "\(images) images in \(jobs) jobs sent as submission \(submission) of analysis \(analysis).\n"
                + "Follow it with: entente status --analysis \(analysis)"
        }
    }

    /// Registers the analysis, announces the images, sends the jobs and waits until the broker has all of them.
    func send(postgresURI: String, kafka: KafkaClientConfiguration, topic: String, log: Logger) throws -> Sent {
        let connection = try Connection(uri: postgresURI, settings: .patient(applicationName: "entente submit"))
        try Migrator(connection).check()
        let producer = try KafkaProducer(kafka, logger: log)
        defer { producer.close(within: .seconds(5)) }
        // Packed once with a stand-in of an id's length, so that nothing impossible is announced.
        var count = 0
        let limit = producer.maximumMessageBytes
        try jobs(submission: String(repeating: "0", count: 36), maximumBytes: limit) { _ in count += 1 }
        _ = try producer.partitionCount(of: topic, within: .seconds(10))

        try AnalysisStore(connection).register(analysis, name: name)
        let store = SubmissionStore(connection, keepData: keepData)
        let submission = try store.create(analysisID: analysis.id, kind: .submit, force: force)
        try store.expect(
            images.map { image, group in
                ImageReference(
                    id: image.id, uri: image.uri, label: image.label, sha256: image.sha256, group: group)
            }, of: submission)
        try store.plan(jobs: count, of: submission)
        var sent = 0
        try jobs(submission: submission.id, maximumBytes: limit) { job in
            try producer.send(to: topic, key: Array(job.key.utf8), value: job.encoded())
            sent += 1
        }
        try producer.flush(within: .seconds(120))
        try store.produced(jobs: sent, of: submission)
        return Sent(analysis: analysis.id, submission: submission.id, jobs: sent, images: images.count)
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
                + "One worker on this machine would encode for about \(Self.readable(seconds)). Nothing was sent."
        }

        private static func readable(_ seconds: Double) -> String {
            switch seconds {
            case ..<120: "\(Int(seconds.rounded(.up))) s"
            case ..<7200: "\(Int((seconds / 60).rounded(.up))) min"
            default: String(format: "%.1f h", seconds / 3600)
            }
        }
    }

    /// Counts, and times the vision encoder on this machine: a picture takes one pass, and one more for each prompted
    /// picture of each part.
    func estimate(_ settings: Settings) throws -> Estimate {
        var count = 0
        try jobs(submission: nil, maximumBytes: ImageJob.maximumBytes) { _ in count += 1 }
        BLAS.prepareForLanes()
        let vision = try LoadedModel(directory: modelDirectory).vision
        let batch = 4
        let workspace = vision.makeWorkspace(batchSize: batch)
        let pictures = Array(
            repeating: [Float](repeating: 0, count: 3 * vision.imageSize * vision.imageSize), count: batch)
        let clock = ContinuousClock()
        // The fastest of a few: what disturbs only ever adds.
        let fastest =
            (0..<3).map { _ in
                clock.measure { _ = vision.encode(pictures, in: workspace) }.microseconds
            }.min() ?? 0
        let parts = analysis.method.parts
        let passes = 1 + Prompting.variants * parts.count * parts.by.count
        let lanes = try settings.integer(.workerLanes, in: 1...512)
        let seconds = Double(images.count * passes * fastest) / Double(batch * lanes) / 1e6
        return Estimate(
            analysis: analysis.id, images: images.count, labelled: images.count { $0.image.label != nil }, jobs: count,
            seconds: seconds)
    }
}
