import Inference
import Persistence

/// Why an image can never be analysed: what `failed_images` keeps and `analyze --json` prints in its place.
struct ImageFailure: Error, Hashable, Sendable, CustomStringConvertible {
    enum Kind: String, Sendable {
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
        /// Its findings are nothing that the database can hold.
        case unstorable
    }

    let kind: Kind
    /// One sentence that names the image and what would mend it.
    let description: String
    /// How often it was tried.
    var attempts = 1

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// - Parameter overflow: of code `encoder_overflow`.
    init(encoding overflow: InferenceError) {
        self.init(.encoderOverflow, overflow.description)
    }

    init(decoding error: InferenceError) {
        self.init(error.code == .imageTooLarge ? .tooLarge : .undecodable, error.description)
    }

    /// What became of findings that the database refused for what they are.
    init(refusedFor error: PersistenceError) {
        if error.isGroupConflict {
            self.init(
                .groupConflict,
                "The image has a result already that was computed in a group of other members or contents; send it under "
                    + "another analysis, or with --force and the whole group.")
        } else {
            self.init(.unstorable, error.description)
        }
    }
}

/// A fetch that may succeed later: a file server that hiccups, too many open files.
struct TransientFetchFailure: Error, Sendable, CustomStringConvertible {
    let description: String
    /// Seconds after which the host wants to be asked again, if it said.
    var retryAfter: Double?
}
