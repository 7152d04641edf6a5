import HTTP
import Jobs
import Settings
import Threads

/// Pictures at `http:` and `https:` URLs.
///
/// Redirects are followed here and not by libcurl, so that each hop is a request of its own: its scheme, its host's address
/// and what it may be told are judged anew.
struct HTTPImages: Sendable {
    /// By its policy, what may be connected to.
    let client: HTTPClient
    /// Bytes at most.
    let limit: Int
    /// Seconds for all hops together.
    let timeout: Double

    private static let redirects = 3

    /// - Throws: ``ImageFailure`` for what will not change, ``TransientFetchFailure`` for what may.
    func read(_ uri: String) throws -> [UInt8] {
        var hop = Hop(
            shown: redactedURI(uri), hidesHost: VisibleURI(uri).isAmbiguous, deadline: .now + .seconds(timeout))
        return try follow(try hop.url(parsing: uri), &hop)
    }

    /// - Throws: ``ImageFailure`` for what is no URL that can be asked.
    static func check(_ uri: String) throws(ImageFailure) {
        _ = try Hop(shown: redactedURI(uri), deadline: .now).url(parsing: uri)
    }

    /// Where a fetch is on its way.
    struct Hop {
        /// The image's URI for messages.
        let shown: String
        /// Whether a piece of a password may stand where the URI has its host.
        var hidesHost = false
        let deadline: ContinuousClock.Instant
        /// How many redirects there were.
        fileprivate(set) var count = 0

        fileprivate func url(parsing text: String) throws(ImageFailure) -> HTTPURL {
            do { return try HTTPURL(parsing: text) } catch { throw failure(error) }
        }

        fileprivate func failure(_ problem: HTTPURL.Problem) -> ImageFailure {
            switch problem {
            case .malformed where count == 0:
                ImageFailure(.unsupportedURI, "\(shown) is no URL that could be asked; percent-encode what is special.")
            case .malformed:
                ImageFailure(.unsupportedURI, "\(shown) redirects to what is no URL.")
            case .scheme(let scheme):
                ImageFailure(
                    .unsupportedURI,
                    "\(shown) redirects to \(quoted(scheme + ":")), and only http and https are followed.")
            }
        }

        /// What is left of the time for the fetch.
        var limits: HTTPLimits {
            HTTPLimits(total: max(0.001, ContinuousClock.now.duration(to: deadline).seconds))
        }
    }

    /// Asks a URL and those that it redirects to.
    func follow(_ url: HTTPURL, _ hop: inout Hop) throws -> [UInt8] {
        var url = url
        while true {
            let body = ImageBody(limit: limit)
            let head: HTTPHead
            do {
                head = try client.get(url, limits: hop.limits, receive: body.receive)
            } catch {
                throw Self.failure(error, hop.shown, hop.hidesHost && hop.count == 0 ? nil : url.host)
            }
            guard head.isRedirect else { return try body.contents(head, hop.shown) }
            url = try next(after: head, from: url, &hop)
        }
    }

    /// Where a redirect leads.
    func next(after head: HTTPHead, from url: HTTPURL, _ hop: inout Hop) throws(ImageFailure) -> HTTPURL {
        hop.count += 1
        guard hop.count <= Self.redirects else {
            throw ImageFailure(
                .tooManyRedirects, "\(hop.shown) redirects more than \(Self.redirects) times; name where it ends.")
        }
        do { return try url.resolving(head["location"] ?? "") } catch { throw hop.failure(error) }
    }

    /// - Parameter host: of the URL that was asked, which a redirect may have led to; nil if it is not to be shown.
    static func failure(_ error: HTTPError, _ shown: String, _ host: String?) -> any Error {
        let host = host.map(quoted) ?? "its host"
        switch error.kind {
        case .refused:
            return ImageFailure(
                .addressRefused,
                "\(shown): \(host) lies at \(error); list it in \(Setting.httpAllowedHosts.variable) if pictures may come "
                    + "from there.")
        case .malformed:
            return ImageFailure(
                .unsupportedURI, "\(shown): \(host) is no name that a host can have; correct the URI.")
        case .contentEncoding:
            return ImageFailure(
                .undecodable, "\(shown) can't be decoded: \(error); store or serve the picture without it.")
        // Everything else is the state of a host or of the network, a certificate that has expired included: its images wait
        // for it to be mended.
        default: return TransientFetchFailure(description: "\(shown) can't be fetched now: \(error).")
        }
    }
}
