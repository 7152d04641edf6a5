import CCurl
import Settings

extension HTTPError {
    /// What libcurl's code means.
    ///
    /// - Parameter message: what it says in particular, which may name the host.
    init(_ code: CURLcode, _ message: String, _ exchange: HTTPExchange) {
        // A name may have several addresses: only if none could be tried is it the addresses' fault.
        if let refusal = exchange.refusal, !exchange.hasOpened {
            self.init(
                kind: .refused(refusal.rule), description: "\(refusal.address), which is \(refusal.rule.rawValue)")
            return
        }
        let general = String(cString: curl_easy_strerror(code)).lowercased()
        switch code {
        case _ where exchange.wasCancelled: self.init(kind: .cancelled, description: "it was called off")
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self.init(kind: .unresolved, description: "its host has no address")
        case CURLE_COULDNT_CONNECT: self.init(kind: .unconnected, description: "its host can't be connected")
        case CURLE_OPERATION_TIMEDOUT: self.init(kind: .timeout, description: "it took too long")
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self.init(kind: .brokenOff, description: "the connection broke off")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED:
            // Here the details matter, and they are the certificate's.
            self.init(kind: .tls, description: "no secure connection: \(message.isEmpty ? general : message)")
        case CURLE_BAD_CONTENT_ENCODING:
            let coding = exchange.head["content-encoding"] ?? ""
            self.init(
                kind: .contentEncoding(isOne: ContentEncoding.isOne(coding)),
                description: "its body is not what its Content-Encoding says, or that is not known here: "
                    + quoted(coding))
        case CURLE_URL_MALFORMAT: self.init(kind: .malformed, description: "its URL can't be asked")
        default: self.init(kind: .other, description: general)
        }
    }
}
