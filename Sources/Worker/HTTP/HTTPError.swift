/// Why there was no whole answer.
package struct HTTPError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        case unresolved
        case unconnected
        case refused(AddressRule)
        case timeout
        case tls
        /// The connection broke off.
        case brokenOff
        /// The body has a coding that can't be undone; whether any of what its head names is a coding at all.
        case contentEncoding(isOne: Bool)
        /// Whoever waited no longer wants it.
        case cancelled
        /// No host can be made of the URL's, as of a name that is none in any script.
        case malformed
        case other
    }

    package let kind: Kind
    /// Half a sentence that names neither URL nor credentials.
    package let description: String
}
