import Inference
import Settings

/// Packs images into jobs that keep below a number of images and a number of bytes.
///
/// Without groups, images fill jobs in the order they come. With groups, each group fills jobs of its own, which all
/// carry its name; a group larger than one job is split. Jobs come out as they fill, the rest at ``finish()`` in the
/// order in which their groups first came, so that the same images give the same jobs.
package struct JobPacker {
    private let analysis: String
    private let submission: Identifier?
    private let force: Bool
    private let maximumImages: Int
    private let maximumBytes: Int
    private var open: [Identifier?: OpenJob] = [:]
    /// The keys of `open` in the order of their first image.
    private var order: [Identifier?] = []

    private struct OpenJob {
        let group: Identifier?
        var bytes: Int
        var images: [ImageJob.Image] = []
        var ids: Set<Identifier> = []
    }

    /// - Parameters:
    ///   - maximumImages: at most this many images a job, 1…256.
    ///   - maximumBytes: the most bytes of a message's key and value together.
    /// - Throws: ``JobError`` (`bad_field`).
    package init(
        analysis: String, submission: Identifier? = nil, force: Bool = false, maximumImages: Int, maximumBytes: Int
    ) throws(JobError) {
        try ImageJob.check(analysis: analysis, submission: submission, group: nil)
        guard ImageJob.imageCounts.contains(maximumImages) else {
            throw JobError(.badField, "a job can't have \(maximumImages) images; give 1 to 256")
        }
        self.analysis = analysis
        self.submission = submission
        self.force = force
        self.maximumImages = maximumImages
        self.maximumBytes = min(maximumBytes, ImageJob.maximumBytes)
    }

    /// The bytes of a message, key and value, that holds this image alone.
    package static func bytes(
        of image: ImageJob.Image, group: Identifier?, analysis: String, submission: Identifier?, force: Bool
    ) -> Int {
        let head = ImageJob.encodedHead(analysis: analysis, submission: submission, force: force, group: group)
        // The key: the group, else an image id no longer than the entry that holds it.
        return head.count + ImageJob.encodedTail.count + image.encoded().count + (group ?? image.id).text.utf8.count
    }

    /// Adds an image to the job of its group.
    ///
    /// - Returns: a job that is full now, or had to make room for this image.
    /// - Throws: ``JobError``: the group's name can't be, the image alone exceeds the limit, or its id is in the open job
    ///   already. Nothing is added then.
    package mutating func add(_ image: ImageJob.Image, group: Identifier? = nil) throws(JobError) -> ImageJob? {
        if let group { try ImageJob.check(group.text, "group") }
        let size = image.encoded().count
        var job = open[group] ?? emptyJob(group)
        let alone = Self.bytes(
            of: image, group: group, analysis: analysis, submission: submission, force: force)
        guard alone <= maximumBytes else {
            throw JobError(
                .imageTooLarge,
                "the image \(quoted(image.id.text)) takes \(alone) bytes as a job of its own; a message may have "
                    + "\(maximumBytes)")
        }
        guard !job.ids.contains(image.id) else {
            throw JobError(.duplicateImage, "the image id \(quoted(image.id.text)) occurs twice")
        }
        if open[group] == nil { order.append(group) }
        var finished: ImageJob?
        // One more for the comma.
        if !job.images.isEmpty, job.bytes + size + 1 > maximumBytes {
            finished = try closed(job)
            job = emptyJob(group)
        }
        if group == nil, job.images.isEmpty { job.bytes += image.id.text.utf8.count }
        job.bytes += size + (job.images.isEmpty ? 0 : 1)
        job.images.append(image)
        job.ids.insert(image.id)
        open[group] = job
        // Never both: a job that made room leaves one image, and a maximum of one leaves no job open to make room.
        if job.images.count == maximumImages {
            finished = try closed(job)
            open[group] = nil
            order.removeAll { $0 == group }
        }
        return finished
    }

    /// The jobs that aren't full.
    package mutating func finish() throws(JobError) -> [ImageJob] {
        var jobs: [ImageJob] = []
        for group in order { if let job = open[group] { jobs.append(try closed(job)) } }
        open = [:]
        order = []
        return jobs
    }

    private func emptyJob(_ group: Identifier?) -> OpenJob {
        let head = ImageJob.encodedHead(analysis: analysis, submission: submission, force: force, group: group)
        let bytes = head.count + ImageJob.encodedTail.count + (group?.text.utf8.count ?? 0)
        return OpenJob(group: group, bytes: bytes)
    }

    private func closed(_ job: OpenJob) throws(JobError) -> ImageJob {
        try ImageJob(
            analysis: analysis, submission: submission, force: force, group: job.group, images: job.images)
    }
}
