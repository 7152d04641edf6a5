import Foundation
import Kafka
import Logging
import Persistence
import Threads

/// Feeds the dead-letter topic from the outbox in the database, at least once, and from one worker at a time.
///
/// Has a thread of its own, so that a broker that is away holds up no results.
///
/// Unchecked: all but the queue of calls is used by that thread alone.
final class DeadLetterPublisher: @unchecked Sendable {
    private let connection: Connection
    private let makeProducer: () throws -> KafkaProducer
    private var renewal: KafkaRenewal?
    private var producer: KafkaProducer?
    private let topic: String
    /// How long the broker may take for a page before it is worth a word.
    private let patience: Duration
    private let log: Logger
    private let observation: Observation
    private let calls = BoundedQueue<Void>(limit: .max)
    private var backoff = Backoff(base: 1, cap: 60)
    private var dispatch = LetterDispatch()
    /// The session that holds the outbox; 0: none does.
    private var holder: Int32 = 0

    /// Letters taken from the outbox at a time, and under way together at most.
    private static let pageSize = 100
    /// How often the outbox is looked at for what another worker left there.
    private static let interval = Duration.seconds(10)
    /// How long the broker may take for all of them, the last time.
    private static let lastPatience = Duration.seconds(5)

    /// - Parameters:
    ///   - connection: its session holds the outbox while it lasts, so nobody else has it.
    ///   - renewal: of its certificates and passwords; nil: they stay as they are.
    ///   - makeProducer: called at once, so that what is wrong with its settings is said now, and for each producer that follows
    ///     one that failed for good, or whose certificate or password was renewed.
    init(
        connection: Connection, topic: String, patience: Duration = .seconds(30), log: Logger,
        observation: Observation = Observation(), renewal: KafkaRenewal? = nil,
        makeProducer: @escaping () throws -> KafkaProducer
    ) throws {
        self.connection = connection
        self.makeProducer = makeProducer
        self.renewal = renewal
        self.topic = topic
        self.patience = patience
        self.log = log
        self.observation = observation
        producer = try makeProducer()
    }

    /// There are letters in the outbox. Any thread may say so.
    func expectLetters() { calls.push(()) }

    /// Nothing more is written to the outbox; ``run()`` returns when it has tried once more.
    func close() { calls.close() }

    /// Publishes what the outbox holds, now and whenever letters are expected or it is time to look. Troubles are logged
    /// and tried again later: the letters are safe in the database.
    func run() {
        while !calls.isFinished {
            if let pause = publish(within: patience) {
                let end = ContinuousClock.now + pause
                while !calls.isFinished, ContinuousClock.now < end {
                    waitForCall(min(Self.interval, ContinuousClock.now.duration(to: end)))
                    observe()
                }
            } else {
                waitForCall(Self.interval)
            }
        }
        let end = ContinuousClock.now + Self.lastPatience
        // Who holds the outbox may be ending too, and have looked for the last time.
        while publish(within: ContinuousClock.now.duration(to: end)) == nil, holder == 0, isAnythingLeft,
            ContinuousClock.now < end
        {
            Thread.sleep(forTimeInterval: 0.1)
        }
        producer?.close(within: Self.lastPatience)
    }

    private func waitForCall(_ limit: Duration) { _ = calls.popAll(waiting: limit.seconds) }

    private var isAnythingLeft: Bool { (try? DeadLetterStore(connection).backlog().count) ?? 0 > 0 }

    /// Publishes page by page for as long as `patience` lasts; returns how long to wait, if it did not work.
    private func publish(within patience: Duration) -> Duration? {
        let end = ContinuousClock.now + patience
        defer { observe() }
        do {
            dispatch.beginRound()
            renewProducer()
            while try holdOutbox(), try publishPage(until: end), ContinuousClock.now < end {}
            if let failure = dispatch.failure { throw failure }
            backoff.reset()
            guard dispatch.isUnderWay else { return nil }
            log.warning(
                "dead letters can't be published now",
                metadata: ["error": "no broker has answered for \(patience.seconds) s; they are still under way"])
            return .seconds(1)
        } catch {
            log.warning("dead letters can't be published now", metadata: ["error": "\(error)"])
            replaceFailedProducer()
            return .seconds(backoff.next())
        }
    }

    /// Whether this session is the one that publishes.
    private func holdOutbox() throws -> Bool {
        let store = DeadLetterStore(connection)
        if holder != 0, holder == connection.backend { return true }
        holder = 0
        // The call itself may connect anew.
        if try store.takeOutbox() { holder = connection.backend }
        return holder != 0
    }

    /// Returns whether there may be more that can be sent now.
    private func publishPage(until end: ContinuousClock.Instant) throws -> Bool {
        let store = DeadLetterStore(connection)
        let producer = try self.producer ?? makeProducer()
        self.producer = producer
        // Called from calls that this object makes.
        producer.onReport = { [unowned self] in dispatch.report($0, $1) }
        try settle(store)
        let letters = dispatch.isUnderWay ? [] : try store.unpublished(limit: Self.pageSize, besides: dispatch.ids)
        // Another one may hold the outbox since the session that did was lost.
        guard holder == connection.backend else { return true }
        dispatch.add(letters)
        repeat {
            while let (letter, form, tag) = dispatch.next() { send(letter, form, tag, producer) }
            producer.poll(within: min(.milliseconds(200), max(.zero, ContinuousClock.now.duration(to: end))))
            if let fatal = producer.fatal { throw fatal }
        } while dispatch.isUnderWay && ContinuousClock.now < end
        let isProgress = !dispatch.settlement.isEmpty
        try settle(store)
        return isProgress && !dispatch.isUnderWay
    }

    private func send(
        _ letter: StoredDeadLetter, _ form: DeadLetterMessage.Form, _ tag: UInt, _ producer: KafkaProducer
    ) {
        do throws(KafkaError) {
            let message = DeadLetterMessage(letter, form)
            try producer.send(
                to: topic, key: message.key, value: message.value, headers: message.headers, tag: tag,
                patience: patience)
        } catch {
            // Not taken: it will not be reported on.
            dispatch.report(tag, error)
        }
    }

    /// Tells the database what became of letters.
    private func settle(_ store: DeadLetterStore) throws {
        let settlement = dispatch.settlement
        guard !settlement.isEmpty else { return }
        try store.markPublished(settlement.delivered)
        for (id, reason) in settlement.withheld {
            log.error(
                "a dead letter is in the database only, because its topic takes it in no form",
                metadata: ["dead_letter": "\(id)", "error": "\(reason)"])
            try store.withhold(id, because: reason)
        }
        observation.published(settlement.delivered.count, withheld: settlement.withheld.count)
        dispatch.settled()
    }

    /// A producer that failed for good is followed by a new one; what it had under way is sent once more.
    private func replaceFailedProducer() {
        guard let failed = producer, failed.fatal != nil else { return }
        failed.close(within: .seconds(1))
        dispatch.forgetWhatIsUnderWay()
        producer = nil
        log.notice("a new producer takes over")
    }

    /// What a producer that can't connect had under way is sent once more, by one with the certificate or password of now.
    private func renewProducer() {
        guard let former = producer, let fresh = renewal?.due(isTroubled: former.isTroubled) else { return }
        do {
            producer = try makeProducer()
            renewal?.took(fresh)
            former.close(within: .seconds(1))
            dispatch.forgetWhatIsUnderWay()
        } catch {
            log.warning("renewed settings of Kafka can't be used", metadata: ["error": "\(error)"])
        }
    }

    /// Tells how much is left, whoever publishes it.
    private func observe() {
        if let backlog = try? DeadLetterStore(connection).backlog() {
            observation.waiting(letters: backlog.count, age: backlog.age)
        }
    }
}
