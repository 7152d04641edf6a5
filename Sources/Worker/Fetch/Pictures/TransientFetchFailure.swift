import Jobs

/// A fetch that may succeed later: a file server that hiccups, too many open files.
package struct TransientFetchFailure: Error, Sendable, CustomStringConvertible {
    package let description: String
    /// Seconds after which the host wants to be asked again, if it said.
    package var retryAfter: Double?

    package init(description: String, retryAfter: Double? = nil) {
        self.description = ImageFailure.sentence(description)
        self.retryAfter = retryAfter
    }
}
