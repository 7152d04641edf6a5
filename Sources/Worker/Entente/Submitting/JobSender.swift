import Analyzing
import Concepts
import Delivery
import Foundation
import Inference
import Jobs
import Kafka
import Persistence
import Settings

/// Announces images of one analysis to the database and then sends them to Kafka as jobs.
struct JobSender {
    let analysisID: String
    /// Of the analysis.
    var classes: [Analysis.Class] = []
    /// Of images that need not stay with others.
    let imagesPerJob: Int
    var force = false
    /// Whether `data:` images are kept whole in the database.
    var keepData = false
    /// The analysis whose images they are, for a replay.
    var replayedFrom: String?

    /// Of a long submission: first every image is announced, then every one is sent.
    enum Phase: String { case announced, sent }

    /// Told how many images are through a phase, of how many.
    typealias Progress = (_ phase: Phase, _ done: Int, _ total: Int) -> Void

    /// An id's length, for packing before there is one.
    private static let standIn = Identifier(String(repeating: "0", count: 36))

    /// The jobs, each below `maximumBytes`, in order.
    func jobs(
        of images: some OutgoingImages, submission: Identifier? = standIn, maximumBytes: Int,
        _ body: (ImageJob) throws -> Void
    ) throws {
        do {
            var single = try packer(submission, maximumImages: imagesPerJob, maximumBytes)
            var joint = try packer(submission, maximumImages: ImageJob.imageCounts.upperBound, maximumBytes)
            var jointKey: [Identifier?]?
            try images.forEach { entry in
                if entry.jointKey == nil {
                    if let job = try single.add(entry.image, group: entry.group) { try body(job) }
                    return
                }
                if entry.jointKey != jointKey { for job in try joint.finish() { try body(job) } }
                jointKey = entry.jointKey
                if let job = try joint.add(entry.image, group: entry.group) { try body(job) }
            }
            for job in try single.finish() + joint.finish() { try body(job) }
        } catch let error as JobError {
            throw CommandFailure(.badInput, error.message + ".")
        }
    }

    private func packer(_ submission: Identifier?, maximumImages: Int, _ maximumBytes: Int) throws(JobError)
        -> JobPacker
    {
        try JobPacker(
            analysis: analysisID, submission: submission, force: force, maximumImages: maximumImages,
            maximumBytes: maximumBytes)
    }

    /// The bytes of a message that holds this image alone.
    func bytesAlone(_ entry: OutgoingImage) -> Int {
        JobPacker.bytes(
            of: entry.image, group: entry.group, analysis: analysisID, submission: Self.standIn, force: force)
    }

    /// Announces the images, sends the jobs and waits until the broker has all of them.
    ///
    /// - Throws: ``CommandFailure`` that says, of what fails once they are announced, how far it is and how to go on.
    /// - Parameters:
    ///   - producer: of ``KafkaProducer/ofJobs(_:_:log:)``.
    ///   - prepare: run when it is certain that everything can be sent, before anything is written.
    func send(
        _ images: some OutgoingImages, to topic: String, through producer: KafkaProducer, _ connection: Connection,
        prepare: () throws -> Void = {}, progress: Progress = { _, _, _ in }
    ) throws -> SentJobs {
        // Packed once before anything else, so that nothing impossible is announced.
        var (planned, total) = (0, 0)
        let limit = producer.maximumMessageBytes
        try jobs(of: images, maximumBytes: limit) { job in
            planned += 1
            total += job.images.count
        }
        if !force { try refuseOthers(images, SubmissionStore(connection)) }
        try prepare()
        guard planned > 0 else { return SentJobs(analysis: analysisID, submission: nil, jobs: 0, images: 0) }
        let store = SubmissionStore(connection, keepData: keepData)
        let submission = try store.create(
            analysisID: analysisID, kind: replayedFrom == nil ? .submit : .replay, force: force,
            replayedFrom: replayedFrom)
        let record = SendingRecord(store, submission, planned: (planned, total))
        producer.onReport = { images, failure in if failure == nil { record.arrived(images: Int(images)) } }
        defer { producer.onReport = { _, _ in } }
        do {
            var announced = 0
            try announce(images, of: submission, store) { count in
                announced += count
                progress(.announced, announced, total)
            }
            try store.plan(jobs: planned, of: submission)
            var (jobsSent, imagesSent) = (0, 0)
            try jobs(of: images, submission: submission.id, maximumBytes: limit) { job in
                // Its report comes back with the number of its images.
                try producer.send(
                    to: topic, key: Array(job.key.text.utf8), value: job.encoded(), tag: UInt(job.images.count))
                jobsSent += 1
                imagesSent += job.images.count
                progress(.sent, imagesSent, total)
                try record.recordIfDue()
            }
            try producer.flush(within: .seconds(120))
            try record.record()
            return SentJobs(analysis: analysisID, submission: submission.id, jobs: jobsSent, images: imagesSent)
        } catch let error as KafkaError {
            throw record.failure(producer.cause(of: error, to: topic))
        } catch {
            throw record.failure(error)
        }
    }

    /// - Throws: ``CommandFailure`` that names images which the analysis knows as another picture or with another label.
    private func refuseOthers(_ images: some OutgoingImages, _ store: SubmissionStore) throws {
        let index = ClassIndex(classes)
        var (found, count): ([String], Int) = ([], 0)
        var waiting: [ImageJob.Image] = []
        func compare() throws {
            for (image, known) in zip(waiting, try store.known(waiting.map(\.id), analysisID: analysisID)) {
                guard let contradiction = Contradiction(known, label: image.label, sha256: image.sha256, index) else {
                    continue
                }
                count += 1
                if found.count < Self.namedConflicts {
                    found.append("\(quoted(image.id.text)) \(contradiction.description)")
                }
            }
            waiting = []
        }
        try images.forEach { entry in
            waiting.append(entry.image)
            if waiting.count == SubmissionStore.knownTogether { try compare() }
        }
        try compare()
        guard count > 0 else { return }
        let more = count > found.count ? "; and \(count - found.count) more" : ""
        throw CommandFailure(
            .badInput,
            "An image of an analysis is one picture with one label: " + found.joined(separator: "; ") + more
                + ". Give these pictures ids of their own, or have what stands replaced with --force; nothing was sent."
        )
    }

    /// Of images that are known as others.
    private static let namedConflicts = 5

    private func announce(
        _ images: some OutgoingImages, of submission: Submission, _ store: SubmissionStore, _ announced: (Int) -> Void
    ) throws {
        var waiting: [ImageReference] = []
        func expect() throws {
            try store.expect(waiting, of: submission)
            announced(waiting.count)
            waiting = []
        }
        try images.forEach { entry in
            let image = entry.image
            waiting.append(
                ImageReference(
                    id: image.id, uri: image.uri, label: image.label, sha256: image.sha256, group: entry.group))
            if waiting.count == Self.announcedTogether { try expect() }
        }
        try expect()
    }

    private static let announcedTogether = 1000
}
