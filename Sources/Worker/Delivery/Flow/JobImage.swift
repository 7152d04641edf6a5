import Analyzing
import Concepts
import Fetch
import Jobs
import Persistence
import Threads

/// An image of a job, on its way from its entry in the message to what is written of it.
struct JobImage: Sendable {
    let entry: ImageJob.Image
    /// What was known of it when its job was begun.
    var known = StandingImage()
    /// Why it fails all the same once its group is decomposed, of which it is a member with the right picture.
    var conflict: ImageFailure?
    /// Index of the class that the label names.
    var label: Int?
    var timings = StageTimings()
    var state = State.awaited
    var fetching: Fetching
    /// Whether it was given up while other origins answered: then its own is at fault, and not what this worker reads with.
    var isOriginAway = false

    enum State: Sendable {
        /// Its picture is not there yet.
        case awaited
        /// Its result is in and would stay as it is.
        case standing
        case picture(PreparedImage)
        /// With the SHA-256 of the file's bytes, 32 bytes, and the digest of the group that it was decomposed in, if it was.
        case analyzed(ImageFindings, contentHash: [UInt8], groupDigest: String?)
        case failed(ImageFailure)
    }

    /// The attempts to get its picture.
    struct Fetching: Sendable {
        /// Seconds of retrying that are left; time during which a circuit is open does not count.
        var patience: Double
        /// When it was first to be fetched: from here on nothing stops the clock for long.
        var start: ContinuousClock.Instant?
        var lastFailure: ContinuousClock.Instant?
        /// What its last failure said.
        var reason: String?
        var attempts = 0
        var backoff = Backoff()
        var nextAttempt: ContinuousClock.Instant?
        /// Whether its picture was there and had to make room: then those that never were go first.
        var comesLast = false
    }

    init(_ entry: ImageJob.Image, patience: Double) {
        self.entry = entry
        fetching = Fetching(patience: patience)
    }

    /// Whether the tables may say something else of it, or nothing yet.
    var isNamedAnew: Bool { known.state == nil || known.state == .failed || known.isElsewhere }

    /// Lets go of its picture, to be fetched again once the others of its job are there.
    mutating func release() {
        guard picture != nil else { return }
        state = .awaited
        fetching.start = nil
        fetching.comesLast = true
    }

    var isAwaited: Bool { if case .awaited = state { true } else { false } }
    var isStanding: Bool { if case .standing = state { true } else { false } }
    var picture: PreparedImage? { if case .picture(let picture) = state { picture } else { nil } }
    var failure: ImageFailure? { if case .failed(let failure) = state { failure } else { nil } }
}
