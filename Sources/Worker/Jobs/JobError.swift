import Settings

/// Why a message is no image job. Permanent: the same bytes fail the same way, so the message is a dead letter.
///
/// ``message`` is one sentence that names the field and, cut short, its value; never a whole payload, and of bounded length.
package struct JobError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// A message without value.
        case tombstone
        /// More bytes than a job may have.
        case jobTooLarge = "job_too_large"
        /// No JSON text, or one that is malformed, too deeply nested, or not UTF-8.
        case notJSON = "not_json"
        /// A name occurs twice in one object.
        case duplicateField = "duplicate_field"
        /// JSON, but no object.
        case notAnObject = "not_an_object"
        /// Another format, or a major version that this build doesn't know.
        case unknownSchema = "unknown_schema"
        case missingField = "missing_field"
        /// Of the wrong type, or outside what the field may hold.
        case badField = "bad_field"
        case noImages = "no_images"
        case tooManyImages = "too_many_images"
        /// An image id occurs twice in one job.
        case duplicateImage = "duplicate_image"
        /// Nobody registered the analysis that the job names.
        case unregisteredAnalysis = "unregistered_analysis"
        /// Registered, but this build can't run it.
        case unsupportedAnalysis = "unsupported_analysis"
        /// Workers crashed while it ran alone, too often to try again.
        case crashedWorker = "crashed_worker"
        /// One image's entry alone exceeds the limit of a message.
        case imageTooLarge = "image_too_large"
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = ImageFailure.sentence(message)
    }

    package var description: String { message }
}
