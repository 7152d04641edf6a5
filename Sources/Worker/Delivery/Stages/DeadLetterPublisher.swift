import Foundation
import Inference
import Kafka
import Logging
import Persistence
import Threads

/// Feeds the dead-letter topic from the outbox in the database, at least once.
///
/// Has a thread of its own, so that a broker that is away holds up no results.
///
/// Unchecked: all but the queue of calls is used by that thread alone.
final class DeadLetterPublisher: @unchecked Sendable {
    private let connection: Connection
    private let producer: KafkaProducer
    private let topic: String
    private let log: Logger
    private let observation: Observation
    private let calls = BoundedQueue<Void>(limit: .max)
    private var backoff = Backoff(base: 1, cap: 60)

    /// Bytes that a header takes beside its name and value, at most.
    private static let headerOverhead = 10
    /// Letters taken from the outbox at a time.
    private static let pageSize = 100
    /// How often the outbox is looked at for what another worker left there.
    private static let interval = Duration.seconds(10)
    /// How long the broker may take for a page; the last time, for all of them.
    private static let patience = Duration.seconds(30)
    private static let lastPatience = Duration.seconds(5)

    init(
        connection: Connection, producer: KafkaProducer, topic: String, log: Logger,
        observation: Observation = Observation()
    ) {
        self.connection = connection
        self.producer = producer
        self.topic = topic
        self.log = log
        self.observation = observation
    }

    /// There are letters in the outbox. Any thread may say so.
    func expectLetters() { calls.push(()) }

    /// Nothing more is written to the outbox; ``run()`` returns when it has tried once more.
    func close() { calls.close() }

    /// Publishes what the outbox holds, now and whenever letters are expected or it is time to look. Troubles are logged
    /// and tried again later: the letters are safe in the database.
    func run() {
        while !calls.isFinished {
            if let pause = publish(within: Self.patience, isLast: false) {
                let end = ContinuousClock.now + pause
                while !calls.isFinished, ContinuousClock.now < end {
                    waitForCall(ContinuousClock.now.duration(to: end))
                }
            } else {
                waitForCall(Self.interval)
            }
        }
        _ = publish(within: Self.lastPatience, isLast: true)
        producer.close(within: Self.lastPatience)
    }

    private func waitForCall(_ limit: Duration) { _ = calls.popAll(waiting: limit.seconds) }

    /// Publishes page by page; returns how long to wait, if it did not work.
    private func publish(within patience: Duration, isLast: Bool) -> Duration? {
        let end = ContinuousClock.now + patience
        do {
            while try publishPage(within: isLast ? ContinuousClock.now.duration(to: end) : patience) {
                // The rest is the next worker's.
                if isLast, ContinuousClock.now >= end { break }
            }
            backoff.reset()
            return nil
        } catch {
            log.warning("dead letters can't be published now", metadata: ["error": "\(error)"])
            return .seconds(backoff.next())
        }
    }

    /// Returns whether there may be more.
    private func publishPage(within patience: Duration) throws -> Bool {
        let store = DeadLetterStore(connection)
        let letters = try store.unpublished(limit: Self.pageSize)
        guard !letters.isEmpty else { return false }
        for letter in letters { try send(letter) }
        try producer.flush(within: patience)
        try store.markPublished(letters.map(\.letter.id))
        observation.published(letters.count)
        return letters.count == Self.pageSize
    }

    private func send(_ stored: StoredDeadLetter) throws {
        let letter = stored.letter
        var headers = letter.headers.map { KafkaHeader(String(decoding: $0.name, as: UTF8.self), $0.value) }
        headers += try Self.reasons(stored)
        var value = letter.value
        let payload: Int = (value?.count ?? 0) + (letter.key?.count ?? 0)
        let bytes = headers.reduce(payload) { sum, header in
            let held: Int = header.value?.count ?? 0
            return sum + header.name.utf8.count + held + Self.headerOverhead
        }
        if bytes > producer.maximumMessageBytes {
            // With the reasons on top it no longer fits a message. The whole of it is in the database.
            headers.append(KafkaHeader("entente.dead-letter.value", "left out: too large; see dead_letters"))
            value = nil
        }
        try producer.send(to: topic, key: letter.key, value: value, headers: headers)
    }

    private static func reasons(_ stored: StoredDeadLetter) throws -> [KafkaHeader] {
        struct Failure: Encodable {
            let image: Identifier
            let kind, message: String
        }
        let failures = stored.failures.map { Failure(image: $0.imageID, kind: $0.kind, message: $0.message) }
        let letter = stored.letter
        return [
            KafkaHeader("entente.dead-letter.id", letter.id),
            KafkaHeader("entente.dead-letter.reason", letter.reason),
            KafkaHeader("entente.dead-letter.failures", try JSONEncoder.sorted(failures)),
            KafkaHeader("entente.dead-letter.topic", letter.source.topic),
            KafkaHeader("entente.dead-letter.partition", String(letter.source.partition)),
            KafkaHeader("entente.dead-letter.offset", String(letter.source.offset)),
        ]
    }
}
