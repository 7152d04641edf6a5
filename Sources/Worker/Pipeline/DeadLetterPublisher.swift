import Foundation
import Logging
import Persistence

/// Feeds the dead-letter topic from the outbox in the database, at least once. Belongs to the writer thread.
final class DeadLetterPublisher {
    private let producer: KafkaProducer
    private let topic: String
    private let log: Logger
    private let observation: Observation
    private var nextLook = ContinuousClock.now
    private var backoff = Backoff(base: 1, cap: 60)

    /// Bytes that a header takes beside its name and value, at most.
    private static let headerOverhead = 10
    /// Letters taken from the outbox at a time.
    private static let pageSize = 100
    /// How often the outbox is looked at for what another worker left there.
    private static let interval = Duration.seconds(10)

    init(producer: KafkaProducer, topic: String, log: Logger, observation: Observation = Observation()) {
        self.producer = producer
        self.topic = topic
        self.log = log
        self.observation = observation
    }

    /// Looks at the outbox at the next ``publish(from:)`` instead of when it is due.
    func expectLetters() { nextLook = min(nextLook, .now) }

    /// Publishes what is unpublished, if it is time to look. Troubles are logged and tried again later: the letters are
    /// safe in the database.
    func publish(from connection: Connection) {
        guard nextLook <= .now else { return }
        do {
            while try publishPage(from: connection) {}
            backoff.reset()
            nextLook = .now + Self.interval
        } catch {
            nextLook = .now + .seconds(backoff.next())
            log.warning("dead letters can't be published now", metadata: ["error": "\(error)"])
        }
    }

    func close() { producer.close(within: .seconds(5)) }

    /// Returns whether there may be more.
    private func publishPage(from connection: Connection) throws -> Bool {
        let store = DeadLetterStore(connection)
        let letters = try store.unpublished(limit: Self.pageSize)
        guard !letters.isEmpty else { return false }
        for letter in letters { try send(letter) }
        try producer.flush(within: .seconds(30))
        try store.markPublished(letters.map(\.letter.id))
        observation.published(letters.count)
        return letters.count == Self.pageSize
    }

    private func send(_ stored: StoredDeadLetter) throws {
        let letter = stored.letter
        var headers = letter.headers.map { KafkaHeader(String(decoding: $0.name, as: UTF8.self), $0.value) }
        headers += try Self.reasons(stored)
        var value = letter.value
        let bytes = headers.reduce((value?.count ?? 0) + (letter.key?.count ?? 0)) {
            $0 + $1.name.utf8.count + ($1.value?.count ?? 0) + Self.headerOverhead
        }
        if bytes > producer.maximumMessageBytes {
            // With the reasons on top it no longer fits a message. The whole of it is in the database.
            headers.append(KafkaHeader("entente.dead-letter.value", "left out: too large; see dead_letters"))
            value = nil
        }
        try producer.send(to: topic, key: letter.key, value: value, headers: headers)
    }

    private static func reasons(_ stored: StoredDeadLetter) throws -> [KafkaHeader] {
        struct Failure: Encodable { let image, kind, message: String }
        let failures = stored.failures.map { Failure(image: $0.imageID, kind: $0.kind, message: $0.message) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let letter = stored.letter
        return [
            KafkaHeader("entente.dead-letter.id", letter.id),
            KafkaHeader("entente.dead-letter.reason", letter.reason),
            KafkaHeader("entente.dead-letter.failures", [UInt8](try encoder.encode(failures))),
            KafkaHeader("entente.dead-letter.topic", letter.source.topic),
            KafkaHeader("entente.dead-letter.partition", String(letter.source.partition)),
            KafkaHeader("entente.dead-letter.offset", String(letter.source.offset)),
        ]
    }
}
