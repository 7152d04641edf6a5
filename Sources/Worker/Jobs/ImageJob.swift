import Inference
import Settings

/// One message of the image-job topic: 1 to 256 images of one analysis. A value of this type keeps every rule of
/// `deploy/schemas/image-job.v1.schema.json`.
package struct ImageJob: Sendable, Hashable {
    static let schema = "entente.image-job/v1"
    package static let imageCounts = 1...256
    /// Bytes of an image's URI that does not hold the image: more than any server takes.
    package static let maximumURIBytes = 8192
    /// Unicode scalars of an id, a label or a group: four bytes each still fit PostgreSQL's index rows.
    static let maximumNameLength = 512

    package struct Image: Sendable, Hashable {
        package let id: Identifier
        package let uri: String
        /// A class id, else a unique class name.
        package let label: Identifier?
        /// Lower-case hex of the SHA-256 that the fetched bytes must have.
        package let sha256: String?

        /// - Throws: ``JobError`` (`bad_field`) that names the field.
        package init(id: Identifier, uri: String, label: Identifier? = nil, sha256: String? = nil) throws(JobError) {
            try self.init(id: id, uri: uri, label: label, sha256: sha256, place: "")
        }

        /// - Parameter place: what goes before a field's name in messages, such as `images[3].`.
        init(id: Identifier, uri: String, label: Identifier?, sha256: String?, place: String) throws(JobError) {
            try ImageJob.check(id.text, "\(place)id")
            try ImageJob.check(uri, "\(place)uri", maximum: .max, shown: redactedURI(uri))
            try ImageJob.check(length: uri, "\(place)uri")
            try label.map { value throws(JobError) in try ImageJob.check(value.text, "\(place)label") }
            if let sha256 { try ImageJob.checkHexadecimal(sha256, 64, "\(place)sha256", orUpperCase: true) }
            self.id = id
            self.uri = uri
            self.label = label
            self.sha256 = sha256?.lowercased()
        }
    }

    /// The analysis id: 32 lower-case hex digits.
    package let analysis: String
    /// The submission that expects these images, if one was announced.
    package let submission: Identifier?
    /// Rows of an older submission are to be replaced.
    package let force: Bool
    /// What is decomposed jointly, or merely kept together.
    package let group: Identifier?
    /// 1…256, with distinct ids.
    package let images: [Image]

    /// - Throws: ``JobError``: `bad_field`, `no_images`, `too_many_images`, `duplicate_image`.
    package init(
        analysis: String, submission: Identifier? = nil, force: Bool = false, group: Identifier? = nil, images: [Image]
    ) throws(JobError) {
        try Self.check(analysis: analysis, submission: submission, group: group)
        try Self.check(imageCount: images.count)
        var seen: Set<Identifier> = []
        for image in images {
            guard seen.insert(image.id).inserted else {
                throw JobError(.duplicateImage, "the image id \(quoted(image.id.text)) occurs twice in this job")
            }
        }
        self.analysis = analysis
        self.submission = submission
        self.force = force
        self.group = group
        self.images = images
    }

    /// The Kafka key: jobs of a group share a partition.
    package var key: Identifier { group ?? images[0].id }
}
