import CKafka
import Foundation
import Testing

@testable import Kafka

@Suite struct KafkaLibraryTests {
    @Test func theReleaseIsTheVersion() {
        #expect(KafkaLibrary.version.hasPrefix(KafkaLibrary.release.description))
    }

    /// The library that `scripts/kafka-libraries` names is the one at work, not the system's.
    @Test(.enabled(if: Self.wanted != nil, "no release of librdkafka is asked for in ENTENTE_TEST_LIBRDKAFKA"))
    func theOneAskedForIsLoaded() throws {
        let wanted = try #require(Self.wanted)
        #expect("\(KafkaLibrary.release).".hasPrefix(wanted + "."), "\(KafkaLibrary.version)")
    }

    private static var wanted: String? { ProcessInfo.processInfo.environment["ENTENTE_TEST_LIBRDKAFKA"] }

    @Test(arguments: [(0x020002ff, "2.0.2"), (0x020601ff, "2.6.1"), (0x021000ff, "2.16.0"), (0x7f0a0bff, "127.10.11")])
    func releasesAreRead(number: Int32, text: String) { #expect(KafkaRelease(number: number).description == text) }

    @Test func releasesHaveAnOrder() {
        let releases = ["2.0.2", "2.6.0", "2.6.1", "2.10.0", "2.16.0", "3.0.0"]
        let ordered = [0x020002ff, 0x020600ff, 0x020601ff, 0x020a00ff, 0x021000ff, 0x030000ff].map {
            KafkaRelease(number: $0)
        }
        #expect(ordered.map(\.description) == releases && ordered == ordered.shuffled().sorted())
    }

    /// Only of SCRAM, and only where a newer library mends it.
    @Test(arguments: [
        (RD_KAFKA_RESP_ERR__AUTHENTICATION, "SCRAM-SHA-512", 0x020002ff, true),
        (RD_KAFKA_RESP_ERR__AUTHENTICATION, "SCRAM-SHA-256", 0x020600ff, true),
        (RD_KAFKA_RESP_ERR__AUTHENTICATION, "SCRAM-SHA-256", 0x020601ff, false),
        (RD_KAFKA_RESP_ERR__AUTHENTICATION, "PLAIN", 0x020002ff, false),
        (RD_KAFKA_RESP_ERR__TRANSPORT, "SCRAM-SHA-256", 0x020002ff, false),
    ]) func aDefectOfLogInsIsNamed(code: rd_kafka_resp_err_t, mechanism: String, number: Int32, isNamed: Bool) {
        let text = "SASL authentication error: invalid credentials with SASL mechanism \(mechanism)"
        let note = KafkaLibrary.note(on: code, text, of: KafkaRelease(number: number))
        #expect(note.contains("2.6.1") == isNamed && note.isEmpty != isNamed)
    }
}
