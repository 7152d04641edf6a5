import CCurl
import Foundation
import Settings

/// One of libcurl's easy handles with the connections that it keeps open. One thread uses it at a time.
final class HTTPHandle {
    private let handle: UnsafeMutableRawPointer

    /// Once for the process, whoever is first; safe from any thread since libcurl 7.84, and by Swift's guard before.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() throws(HTTPError) {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw HTTPError(kind: .other, description: "libcurl has no memory for another connection")
        }
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// What an exchange is told beyond its URL.
    struct Options {
        var headers: [(name: String, value: String)] = []
        var limits = HTTPLimits()
        /// Whether a body's `Content-Encoding` is undone.
        var decodes = true
        /// The environment's proxy; through one, the address that is connected in the end is not seen.
        var usesProxy = false
        /// `name:port:address,…` instead of what a resolver says.
        var resolve: [String] = []
    }

    /// Sends a GET and waits for the whole answer, redirects not followed.
    ///
    /// - Throws: ``HTTPError``, also when ``HTTPExchange/isCancelled`` ends it. An end by the receiver is none.
    func get(_ url: HTTPURL, _ options: Options, _ exchange: HTTPExchange) throws(HTTPError) {
        // Connections, resolved names and TLS sessions stay.
        curl_easy_reset(handle)
        var lists: [UnsafeMutablePointer<curl_slist>] = []
        defer { lists.forEach(curl_slist_free_all) }
        let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { message.deallocate() }

        let code = withExtendedLifetime(exchange) { () -> CURLcode in
            let opaque = Unmanaged.passUnretained(exchange).toOpaque()
            var setter = Setter(handle: handle)
            setter.request(url, options)
            setter.limits(options.limits)
            setter.callbacks(opaque)
            setter.pointer(CURLOPT_ERRORBUFFER, message)
            if !options.usesProxy {
                setter.string(CURLOPT_PROXY, "")
                setter.string(CURLOPT_NOPROXY, "*")
            }
            // None is asked for; what is stored with a coding comes with it all the same.
            let headers = options.headers + [(name: "Accept-Encoding", value: "identity")]
            setter.list(CURLOPT_HTTPHEADER, headers.map { "\($0.name): \($0.value)" }, &lists)
            setter.list(CURLOPT_RESOLVE, options.resolve, &lists)
            guard setter.code == CURLE_OK else { return setter.code }
            defer { curl_easy_reset(handle) }
            return curl_easy_perform(handle)
        }
        guard code != CURLE_OK, !exchange.isStopped else { return }
        throw HTTPError(code, String(cString: message), exchange)
    }

    /// Sets options until one fails.
    private struct Setter {
        let handle: UnsafeMutableRawPointer
        private(set) var code = CURLE_OK

        init(handle: UnsafeMutableRawPointer) { self.handle = handle }

        private mutating func set(_ body: (UnsafeMutableRawPointer) -> CURLcode) {
            if code == CURLE_OK { code = body(handle) }
        }

        mutating func long(_ option: CURLoption, _ value: Int) {
            set { entente_curl_set_long($0, option, value) }
        }
        mutating func string(_ option: CURLoption, _ value: String) {
            set { entente_curl_set_string($0, option, value) }
        }
        mutating func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
            set { entente_curl_set_pointer($0, option, value) }
        }

        mutating func list(
            _ option: CURLoption, _ values: [String], _ owned: inout [UnsafeMutablePointer<curl_slist>]
        ) {
            var list: UnsafeMutablePointer<curl_slist>?
            for value in values {
                guard let longer = curl_slist_append(list, value) else {
                    code = CURLE_OUT_OF_MEMORY
                    break
                }
                list = longer
            }
            guard let list else { return }
            owned.append(list)
            set { entente_curl_set_list($0, option, list) }
        }

        mutating func request(_ url: HTTPURL, _ options: Options) {
            string(CURLOPT_URL, url.text)
            set { entente_curl_allow_http_only($0) }
            // It was normalised when it was read.
            long(CURLOPT_PATH_AS_IS, 1)
            long(CURLOPT_FOLLOWLOCATION, 0)
            // Signals and threads do not go together.
            long(CURLOPT_NOSIGNAL, 1)
            // Empty: all that this libcurl knows.
            if options.decodes { string(CURLOPT_ACCEPT_ENCODING, "") }
            string(CURLOPT_USERAGENT, "entente/\(BuildInformation.version)")
            // As OpenSSL and the curl tool have it, for an authority of one's own.
            if let file = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !file.isEmpty {
                string(CURLOPT_CAINFO, file)
            }
        }

        mutating func limits(_ limits: HTTPLimits) {
            long(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(limits.connect * 1000)))
            if let total = limits.total { long(CURLOPT_TIMEOUT_MS, max(1, Int(total * 1000))) }
            long(CURLOPT_LOW_SPEED_LIMIT, limits.slowest)
            long(CURLOPT_LOW_SPEED_TIME, limits.stalled)
        }

        mutating func callbacks(_ opaque: UnsafeMutableRawPointer) {
            set { entente_curl_set_data_callback($0, CURLOPT_HEADERFUNCTION, httpHeaderCallback) }
            pointer(CURLOPT_HEADERDATA, opaque)
            set { entente_curl_set_data_callback($0, CURLOPT_WRITEFUNCTION, httpBodyCallback) }
            pointer(CURLOPT_WRITEDATA, opaque)
            set { entente_curl_set_socket_callback($0, httpSocketCallback) }
            pointer(CURLOPT_OPENSOCKETDATA, opaque)
            set { entente_curl_set_progress_callback($0, httpProgressCallback) }
            pointer(CURLOPT_XFERINFODATA, opaque)
            long(CURLOPT_NOPROGRESS, 0)
        }
    }
}
