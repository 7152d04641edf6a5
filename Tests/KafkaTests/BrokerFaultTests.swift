import CKafka
import Logging
import Testing

@testable import Kafka

/// Texts of librdkafka 2.0.2, as it told them of real brokers and of what else listened at a port.
@Suite struct BrokerFaultTests {
    private static func security(_ properties: [String: String] = [:]) throws -> KafkaSecurity {
        var known = KafkaProperties()
        for (name, value) in properties { try known.set(name, value) }
        return KafkaSecurity(known)
    }

    private static func sentence(
        _ reason: String, _ error: Int32? = nil, _ properties: [String: String] = [:]
    ) throws -> String {
        let fault = try #require(BrokerFault(reason), "\(reason)")
        return fault.sentence(error.map { CertificateVerdict(error: $0, depth: 0) }, try security(properties))
    }

    private static let handshake =
        "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate could not be verified, "
        + "verify that ssl.ca.location is correctly configured or root CA certificates are installed (install ca-certificates "
        + "package) (after 18ms in state SSL_HANDSHAKE)"

    @Test(arguments: [
        (Int32(19), "ssl.ca.location"), (20, "ssl.ca.location"), (62, "made out for other names than kafka-1.example"),
        (64, "advertised.listeners"), (10, "has expired"), (9, "not valid yet"), (23, "revoked"),
        (79, "verify error 79"),
    ]) func certificatesAreToldApart(error: Int32, words: String) throws {
        let told = try Self.sentence("sasl_ssl://kafka-1.example:9094/bootstrap: " + Self.handshake, error)
        #expect(told.hasPrefix("kafka-1.example:9094, tried with security.protocol sasl_ssl: "))
        #expect(told.contains(words))
        #expect(error == 19 || error == 20 || !told.contains("ssl.ca.location"), "\(told)")
    }

    @Test func theCertificateOfAnAuthorityIsNotTheBrokers() {
        #expect(CertificateVerdict(error: 10, depth: 1).words(for: "a").contains("of its authority has expired"))
    }

    @Test(arguments: [
        (
            "ssl://b:9093/2: SSL handshake failed: error:0A00010B:SSL routines::wrong version number (after 1ms in state SSL_HANDSHAKE)",
            "speaks no TLS"
        ),
        (
            "ssl://b:9093/bootstrap: ../ssl/record/rec_layer_s3.c:318:ssl3_read_n error:0A000126:SSL routines::unexpected eof while "
                + "reading (after 2ms in state SSL_HANDSHAKE)", "speaks no TLS"
        ),
        (
            "b:9093/bootstrap: Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol configuration "
                + "(connecting to a SSL listener?) or broker version is < 0.10 (see api.version.request) (after 1ms in state "
                + "APIVERSION_QUERY)", "set security.protocol to ssl or sasl_ssl"
        ),
        (
            "ssl://b:9093/bootstrap: Disconnected: verify that security.protocol is correctly configured, broker might require SASL "
                + "authentication (after 0ms in state UP)", "set security.protocol to sasl_ssl,"
        ),
        (
            "ssl://b:9093/bootstrap: Send failed: SSL transport error: Broken pipe (after 1ms in state APIVERSION_QUERY)",
            "brokers do that want a log-in"
        ),
        (
            "ssl://b:9093/bootstrap: ssl3_read_n error:0A000126:SSL routines::unexpected eof while reading (after 9ms in state "
                + "APIVERSION_QUERY)", "brokers do that want a log-in"
        ),
        (
            "ssl://b:9093/bootstrap: Disconnected: SSL connection closed by peer (after 8ms in state APIVERSION_QUERY)",
            "security.protocol to sasl_ssl,"
        ),
        (
            "b:9093/bootstrap: Disconnected: connection closed by peer: receive 0 after POLLIN (after 2ms in state UP)",
            "security.protocol to ssl or sasl_ssl"
        ),
        ("ssl://b:9093/bootstrap: Disconnected (after 1ms in state SSL_HANDSHAKE)", "speaks no TLS"),
        ("b:9093/1: Receive failed: Connection reset by peer (after 3ms in state UP)", "sasl_plaintext or sasl_ssl,"),
        (
            "sasl_plaintext://b:9093/bootstrap: SASL SCRAM-SHA-512 mechanism handshake failed: Broker: Unsupported SASL mechanism: "
                + "broker's supported mechanisms: PLAIN,SCRAM-SHA-256 (after 301ms in state AUTH_HANDSHAKE)",
            "offers the mechanisms PLAIN,SCRAM-SHA-256 and not SCRAM-SHA-512"
        ),
        (
            "sasl_plaintext://b:9093/bootstrap: SASL PLAIN mechanism handshake failed: Broker: Request not valid in current SASL "
                + "state: broker's supported mechanisms:  (after 1ms in state AUTH_HANDSHAKE)",
            "takes no log-in at this port"
        ),
        (
            "sasl_ssl://b:9093/bootstrap: SASL authentication error: Authentication failed: Invalid username or password (after 302ms "
                + "in state AUTH_REQ, 1 identical error(s) suppressed)", "see sasl.username and sasl.password"
        ),
        (
            "b:9093/bootstrap: Receive failed: Invalid response size 1213486160 (0..100000000): increase receive.message.max.bytes "
                + "(after 0ms in state APIVERSION_QUERY)", "an HTTP server"
        ),
        (
            "b:9093/bootstrap: Receive failed: Invalid response size 1157627904 (0..100000000): increase receive.message.max.bytes",
            "a PostgreSQL server"
        ),
        (
            "b:9093/bootstrap: Receive failed: Invalid response size 352518912 (0..100000000): increase receive.message.max.bytes",
            "wants TLS"
        ),
        (
            "b:9093/bootstrap: Connect to ipv4#127.0.0.1:9093 failed: Connection refused (after 0ms in state CONNECT)",
            "nothing listens there; see ENTENTE_KAFKA_BOOTSTRAP_SERVERS"
        ),
        (
            "GroupCoordinator: b:9093: Connect to ipv4#10.0.0.9:9093 failed: Connection refused (after 0ms in state CONNECT)",
            "nothing listens there"
        ),
        (
            "b:9093/4: Connect to ipv4#10.0.0.9:9093 failed: Connection refused (after 0ms in state CONNECT)",
            "advertised.listeners"
        ),
        (
            "[thrd:b:9093/bootstrap]: b:9093/bootstrap: Failed to resolve 'b:9093': Name or service not known (after 0ms in state "
                + "CONNECT)", "this name has no address"
        ),
        (
            "b:9093/bootstrap: ApiVersionRequest failed: Local: Timed out: probably due to broker version < 0.10 (see "
                + "api.version.request configuration) (after 3001ms in state APIVERSION_QUERY)",
            "no answer in Kafka's protocol"
        ),
        (
            "ssl://b:9093/bootstrap: Connection setup timed out in state SSL_HANDSHAKE (after 3002ms in state SSL_HANDSHAKE)",
            "no answer in Kafka's protocol"
        ),
    ]) func whatCameBackIsSaidWithItsMending(reason: String, words: String) throws {
        let told = try Self.sentence(reason, nil, ["sasl.mechanism": "SCRAM-SHA-512"])
        #expect(told.hasPrefix("b:9093, tried with security.protocol "), "\(told)")
        #expect(told.contains(words), "\(told)")
        #expect(!told.contains(" (after ") && !told.contains("identical"), "\(told)")
    }

    @Test func aMissingCertificateIsNotARefusedOne() throws {
        let reason =
            "ssl://b:9096/bootstrap: Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL alert number 42 "
            + "(after 1ms in state APIVERSION_QUERY)"
        #expect(try Self.sentence(reason).contains("none is given; set ssl.certificate.location"))
        #expect(
            try Self.sentence(reason, nil, ["ssl.certificate.location": "/c.pem"]).contains(
                "refuses the client's certificate (TLS alert 42)"))
    }

    @Test(arguments: ["1/1 brokers are down", "", "no colon", "a: b", ": ", "[thrd:x", "GroupCoordinator: "])
    func otherTextsAreLeftAlone(text: String) { #expect(BrokerFault(text) == nil) }

    @Test func aQuestionThatFailsTellsTheLastCauseOfEachBroker() throws {
        let troubles = BrokerTroubles(try Self.security(), servers: "a:1,b:2")
        let silent = troubles.failure(RD_KAFKA_RESP_ERR__TRANSPORT, "no answer")
        #expect(silent.description.hasPrefix("no answer: nothing came from a:1,b:2 in time"))
        let start = ContinuousClock.now
        troubles.note("a:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused", at: start)
        troubles.verified("b:2", CertificateVerdict(error: 0, depth: 1))
        troubles.verified("b:2", CertificateVerdict(error: 10, depth: 0))
        troubles.note("ssl://b:2/bootstrap: " + Self.handshake, at: start + .seconds(1))
        let told = troubles.failure(RD_KAFKA_RESP_ERR__TRANSPORT, "no answer").description
        #expect(told.contains("a:1, tried") && told.contains("has expired") && told.hasSuffix("(_SSL)"), "\(told)")
        #expect(
            troubles.failure(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "no").description
                == "no (TOPIC_AUTHORIZATION_FAILED)")
        #expect(troubles.summary(at: start + .seconds(90.5))?.context.contains("a:1") == false)
        #expect(troubles.summary(at: start + .seconds(300)) == nil)
    }

    @Test func repeatedLinesAreSaidOnceAMinuteWithTheirNumber() {
        var lines = RepeatedLines()
        let start = ContinuousClock.now
        #expect(lines.admit("one", at: start) == 1)
        for second in 1..<60 { #expect(lines.admit("one", at: start + .seconds(second)) == nil) }
        #expect(lines.admit("two", at: start + .seconds(2)) == 1)
        #expect(lines.admit("one", at: start + .seconds(61)) == 60)
        #expect(lines.admit("one", at: start + .seconds(62)) == nil)
        for number in 0..<1000 { #expect(lines.admit("line \(number)", at: start + .seconds(63)) == 1) }
    }
}
