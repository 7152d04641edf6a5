/// What OpenSSL found wrong with a broker's certificate. librdkafka asks for it and keeps it to itself.
struct CertificateVerdict: Sendable, Hashable {
    /// OpenSSL's `X509_V_ERR_…`.
    let error: Int32
    /// 0 is the broker's own certificate, more those of its authorities.
    let depth: Int32

    /// What is wrong and what mends it, as the rest of a sentence that names the broker.
    ///
    /// - Parameter host: under which it was asked for.
    func words(for host: String) -> String {
        let whose = depth == 0 ? "its certificate" : "the certificate of its authority"
        return switch error {
        case 2, 18...21:
            "its certificate comes from an authority that is not trusted here; name a file with that authority's certificate "
                + "in ssl.ca.location"
        case 9: "\(whose) is not valid yet; see to this machine's clock and the broker's"
        case 10: "\(whose) has expired; the broker needs a renewed one, unless this machine's clock is wrong"
        case 3, 11, 12, 33:
            "the list of revoked certificates is missing, or out of date; renew the file that ssl.crl.location names"
        case 23: "\(whose) is revoked; the broker needs another one"
        case 26: "\(whose) is not made for servers; the broker needs one with the extended key usage serverAuth"
        case 62, 64:
            "its certificate is made out for other names than \(host); the broker needs one for this name, or "
                + "ENTENTE_KAFKA_BOOTSTRAP_SERVERS and the brokers' advertised.listeners need a name that it has"
        case 66...68:
            "\(whose) has a key or a signature that OpenSSL holds for too weak; the broker needs a stronger one"
        default:
            "OpenSSL does not accept \(whose) (its verify error \(error)); `openssl s_client -connect` that address shows why"
        }
    }
}
