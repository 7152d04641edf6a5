/// A partition that is this worker's and is not read.
struct WaitingPartition: Sendable, Equatable {
    enum Cause: Sendable, Equatable {
        /// It was just given to this worker, or another had claimed it.
        case claim
        /// The database or a broker can't be asked about it now; a sentence.
        case trouble(String)
        /// It waits for an operator; a sentence.
        case held(String)
    }

    var cause: Cause
    let since: ContinuousClock.Instant
    /// Records that nobody has worked on; nil: not known.
    var lag: Int64?

    var isHeld: Bool { if case .held = cause { true } else { false } }
}
