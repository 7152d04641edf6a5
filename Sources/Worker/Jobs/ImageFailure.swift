import Inference
import Settings

/// Why an image can never be analysed: what `failed_images` keeps and `analyze --json` prints in its place.
package struct ImageFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        case unsupportedURI = "unsupported_uri"
        case notFound = "not_found"
        case notAFile = "not_a_file"
        case outsideRoots = "outside_roots"
        case unreadable
        case tooLarge = "too_large"
        /// Its host lies where no picture of the open network does.
        case addressRefused = "address_refused"
        case tooManyRedirects = "too_many_redirects"
        /// Its host answers with a status that is neither a picture nor worth another try.
        case httpStatus = "http_status"
        case undecodable
        /// What the model makes of it is not finite.
        case encoderOverflow = "encoder_overflow"
        case contentMismatch = "content_mismatch"
        case unknownLabel = "unknown_label"
        case fetchExhausted = "fetch_exhausted"
        /// It has a result already that was computed in another group.
        case groupConflict = "group_conflict"
        /// It is known as another picture, or with another label.
        case imageConflict = "image_conflict"
        /// Its findings are nothing that the database can hold.
        case unstorable

        /// Whether it shows, when a fetch ends with it, that a host or a volume could be asked.
        package var isAnswer: Bool {
            switch self {
            case .notFound, .notAFile, .unreadable, .tooLarge, .tooManyRedirects, .httpStatus, .contentMismatch: true
            case .unsupportedURI, .outsideRoots, .addressRefused, .undecodable, .encoderOverflow, .unknownLabel,
                .fetchExhausted, .groupConflict, .imageConflict, .unstorable:
                false
            }
        }
    }

    package let kind: Kind
    /// One sentence that names the image and what would mend it.
    package let description: String
    /// How often it was tried.
    package var attempts = 1

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = Self.sentence(description)
    }

    /// - Parameter overflow: of code `encoder_overflow`.
    package init(encoding overflow: InferenceError) {
        self.init(.encoderOverflow, overflow.description)
    }

    /// Bytes that a table, a topic and a log have to hold of one.
    private static let maximumBytes = 2000

    /// A sentence as it may be stored and shown: of bounded length, and without what would speak to a terminal.
    package static func sentence(_ text: String) -> String { withoutMiddle(neutral(text), limit: maximumBytes) }

    package init(decoding error: InferenceError) {
        self.init(error.code == .imageTooLarge ? .tooLarge : .undecodable, error.description)
    }
}
