import CKafka
import Synchronization

/// The last trouble with each broker, for the sentence with which a command ends.
///
/// librdkafka answers a question that it could not put with `_TRANSPORT`, and tells the cause elsewhere: to whoever listens, in
/// its log, and of certificates to whoever verifies them. Any thread of its may say something.
final class BrokerTroubles: Sendable {
    private struct Trouble {
        let fault: BrokerFault
        let sentence: String
        let seen: ContinuousClock.Instant
    }

    private struct State {
        var verdicts: [String: CertificateVerdict] = [:]
        var troubles: [String: Trouble] = [:]
    }

    private let security: KafkaSecurity
    private let servers: String
    private let state = Mutex(State())

    /// librdkafka repeats itself every 30 s at most.
    private static let memory = Duration.seconds(90)
    private static let shown = 3
    /// Brokers come and go by the addresses they advertise.
    private static let limit = 64

    /// - Parameter servers: where it begins, checked already.
    init(_ security: KafkaSecurity, servers: String) {
        self.security = security
        self.servers = servers
    }

    /// OpenSSL's word on a certificate; 0: all is well.
    func verified(_ broker: String, _ verdict: CertificateVerdict) {
        guard verdict.error != 0 else { return }
        state.withLock { state in
            if state.verdicts.count >= Self.limit { state.verdicts = [:] }
            state.verdicts[broker] = verdict
        }
    }

    /// Takes down what librdkafka says.
    ///
    /// - Returns: what it means; nil where that is not about a connection.
    @discardableResult
    func note(_ reason: String, at now: ContinuousClock.Instant = .now) -> KafkaError? {
        guard let fault = BrokerFault(reason) else { return nil }
        let sentence = state.withLock { state in
            let sentence = fault.sentence(state.verdicts[fault.address], security)
            if state.troubles.count >= Self.limit { state.troubles = [:] }
            state.troubles[fault.address] = Trouble(fault: fault, sentence: sentence, seen: now)
            return sentence
        }
        return KafkaError(fault.code, sentence)
    }

    /// What is known of brokers that can't be had; nil if nothing is.
    func summary(at now: ContinuousClock.Instant = .now) -> KafkaError? {
        let recent = state.withLock { state in
            state.troubles.values.filter { $0.seen.duration(to: now) < Self.memory }
        }.sorted { ($0.seen, $1.fault.address) > ($1.seen, $0.fault.address) }
        guard let last = recent.first else { return nil }
        let more = recent.count > Self.shown ? ["and \(recent.count - Self.shown) more brokers"] : []
        return KafkaError(last.fault.code, (recent.prefix(Self.shown).map(\.sentence) + more).joined(separator: "; "))
    }

    /// The failure of a question: with its cause, if it is that no broker could be asked.
    ///
    /// - Parameter doing: what came of it, such as `no answer about the topic “jobs”`.
    func failure(_ code: rd_kafka_resp_err_t, _ doing: String) -> KafkaError {
        let isLost = [
            RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
            RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
        ].contains(code)
        guard isLost else { return KafkaError(code, doing) }
        guard let cause = summary() else {
            return KafkaError(
                code,
                "\(doing): nothing came from \(servers) in time; see whether Kafka's brokers are there, "
                    + "and security.protocol")
        }
        return KafkaError(code: cause.code, "\(doing): \(cause.context)")
    }
}
