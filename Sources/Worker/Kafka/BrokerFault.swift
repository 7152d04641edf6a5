import CKafka

/// Why there is no connection to a broker: what was tried, what came back, and which setting mends it.
struct BrokerFault: Sendable, Hashable {
    /// As librdkafka names it, such as `127.0.0.1:9093`.
    let address: String
    /// `plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`.
    let scheme: String
    /// librdkafka's text of it, without times and counts.
    let answer: String
    /// Whether the address is one of ours; else the brokers say that they are there.
    let isBootstrap: Bool
    /// Whether TLS was still being agreed on.
    let isHandshake: Bool

    /// - Parameter reason: as librdkafka hands it to whoever listens for errors, or logs it.
    /// - Returns: nil for what is not about a connection.
    init?(_ reason: String) {
        isHandshake = reason.contains("in state SSL_HANDSHAKE")
        var rest = Substring(reason)
        for prefix in ["[thrd:", "GroupCoordinator: ", "TxnCoordinator: "] where rest.hasPrefix(prefix) {
            guard let end = rest.firstRange(of: ": ")?.upperBound else { return nil }
            rest = rest[end...]
        }
        guard let colon = rest.firstRange(of: ": ") else { return nil }
        var head = rest[..<colon.lowerBound]
        var text = rest[colon.upperBound...]
        if let time = text.firstRange(of: " (after ") { text = text[..<time.lowerBound] }
        if let end = head.firstRange(of: "://") {
            scheme = head[..<end.lowerBound].lowercased()
            head = head[end.upperBound...]
        } else {
            scheme = "plaintext"
        }
        let parts = head.split(separator: "/", maxSplits: 1)
        // A name may be anything but this.
        guard let address = parts.first, address.contains(":"), !address.contains(" ") else { return nil }
        self.address = String(address)
        isBootstrap = parts.count < 2 || parts[1] == "bootstrap"
        answer = String(text.prefix(300))
    }

    private var hasTLS: Bool { scheme.hasSuffix("ssl") }
    private var logsIn: Bool { scheme.hasPrefix("sasl") }
    private var host: String { address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address }

    /// librdkafka's name for the kind of it, also where it says `_TRANSPORT`.
    var code: rd_kafka_resp_err_t {
        if answer.contains("SSL ") { return RD_KAFKA_RESP_ERR__SSL }
        if answer.hasPrefix("SASL ") { return RD_KAFKA_RESP_ERR__AUTHENTICATION }
        if answer.hasPrefix("Failed to resolve") { return RD_KAFKA_RESP_ERR__RESOLVE }
        return RD_KAFKA_RESP_ERR__TRANSPORT
    }

    /// - Parameters:
    ///   - verdict: OpenSSL's, if the certificate was what failed.
    ///   - security: what is set.
    func sentence(_ verdict: CertificateVerdict?, _ security: KafkaSecurity) -> String {
        "\(address), tried with security.protocol \(scheme): \(words(verdict, security))"
    }

    private func words(_ verdict: CertificateVerdict?, _ security: KafkaSecurity) -> String {
        if answer.contains("certificate verify failed") {
            return verdict?.words(for: host)
                ?? "its certificate can't be verified; see ssl.ca.location, and the certificate's names and dates"
        }
        if let alert = number(after: "SSL alert number ") { return words(ofAlert: alert, security) }
        if answer.contains("SSL handshake failed") {
            return "what listens there speaks no TLS (“\(answer)”); \(mendTLS)"
        }
        if isHandshake, isEnding {
            return "the connection is closed amid the TLS handshake, as by what speaks no TLS; \(mendTLS)"
        }
        if answer.hasPrefix("SASL ") { return wordsOfLogIn(security) }
        if answer.contains("requesting ApiVersion") {
            return "the connection is closed at the first word; if the port has TLS, set security.protocol to "
                + (logsIn ? "sasl_ssl" : "ssl or sasl_ssl")
        }
        if answer.contains("require SASL authentication") {
            return "the connection is closed before there is an answer, as brokers do that want a log-in; \(mendLogIn)"
        }
        if !logsIn, isEnding {
            let tls = hasTLS ? "" : "if the port has TLS, set security.protocol to ssl or sasl_ssl; "
            return
                "the connection is broken off (“\(answer)”), as brokers do that want a log-in, or that go away; \(tls)for a log-in "
                + mendLogIn
        }
        if let size = number(after: "Invalid response size ") {
            return "\(Self.speaker(size)), not a Kafka broker; \(mendAddress)"
        }
        if answer.contains("Connection refused") { return "nothing listens there; \(mendAddress)" }
        if answer.hasPrefix("Failed to resolve") { return "this name has no address (“\(answer)”); \(mendAddress)" }
        if answer.contains("imed out") {
            return
                "there is no answer in Kafka's protocol in time; \(mendAddress), firewalls, and whether the port has TLS"
        }
        return "“\(answer)”; \(mendAddress)"
    }

    /// What releases of librdkafka say of a broker that hangs up.
    private var isEnding: Bool {
        answer == "Disconnected"
            || ["Broken pipe", "Connection reset", "unexpected eof", "closed by peer"].contains(where: answer.contains)
    }

    private var mendTLS: String {
        "set security.protocol to \(logsIn ? "sasl_plaintext" : "plaintext"), or name a port that has TLS"
    }

    private var mendLogIn: String {
        "set security.protocol to \(hasTLS ? "sasl_ssl" : "sasl_plaintext or sasl_ssl"), sasl.mechanism, sasl.username and "
            + "sasl.password"
    }

    private var mendAddress: String {
        isBootstrap
            ? "see ENTENTE_KAFKA_BOOTSTRAP_SERVERS"
            : "the brokers themselves name this address, in their advertised.listeners: see there"
    }

    private func words(ofAlert alert: Int, _ security: KafkaSecurity) -> String {
        switch alert {
        case 42...46, 48, 116:
            security.hasCertificate
                ? "the broker refuses the client's certificate (TLS alert \(alert)): it has to be valid now and to come from an "
                    + "authority that the broker trusts; renew what ssl.certificate.location, or ssl.keystore.location, names"
                : "the broker wants a client's certificate (TLS alert \(alert)), and none is given; set ssl.certificate.location "
                    + "and ssl.key.location, or ssl.keystore.location"
        default:
            "the broker breaks off the TLS handshake (alert \(alert)): the two have no version or cipher in common, or it has no "
                + "certificate for this name; see ssl.cipher.suites here and ssl.enabled.protocols there"
        }
    }

    private func wordsOfLogIn(_ security: KafkaSecurity) -> String {
        if answer.contains("current SASL state") {
            return
                "the broker takes no log-in at this port; set security.protocol to \(hasTLS ? "ssl" : "plaintext"), or name "
                + "the port that does"
        }
        if let offered = answer.firstRange(of: "supported mechanisms: ")?.upperBound {
            return
                "the broker offers the mechanisms \(answer[offered...]) and not \(security.mechanism); set sasl.mechanism"
        }
        return
            "the broker refuses the log-in by \(security.mechanism) (“\(answer)”); see sasl.username and sasl.password"
            + KafkaLibrary.note(on: code, security.mechanism)
    }

    /// Who begins to speak with these four bytes, which librdkafka took for a length.
    private static func speaker(_ size: Int) -> String {
        switch UInt32(truncatingIfNeeded: size).bigEndian {
        case bytes("HTTP"): "an HTTP server answers there"
        case bytes("SSH-"): "an SSH server answers there"
        // An error's letter before its length.
        case bytes("E\0\0\0"): "a PostgreSQL server answers there"
        // A TLS alert, of any version.
        case let word where word.littleEndian & 0xFFFF == 0x0315:
            "a server answers there that wants TLS (set security.protocol to ssl or sasl_ssl if it is one)"
        default: "something else answers there"
        }
    }

    private static func bytes(_ text: StaticString) -> UInt32 {
        text.withUTF8Buffer { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    }

    private func number(after mark: String) -> Int? {
        guard let end = answer.firstRange(of: mark)?.upperBound else { return nil }
        return Int(answer[end...].prefix { $0.isASCII && ($0.isNumber || $0 == "-") })
    }
}
