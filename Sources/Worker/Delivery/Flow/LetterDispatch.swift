import Kafka
import Persistence

/// What becomes of each letter between the outbox and the topic. A value without clock, connection or client.
///
/// A letter is under way from when it is sent until its own delivery report comes, and is not sent again meanwhile. One that
/// is too large goes once more, smaller; the others are none the worse for it.
struct LetterDispatch {
    /// What the database has to hear.
    struct Settlement: Equatable {
        var delivered: [String] = []
        /// With the reason why the topic takes the letter in no form.
        var withheld: [String: String] = [:]
        var isEmpty: Bool { delivered.isEmpty && withheld.isEmpty }
    }

    private struct Sent {
        let letter: StoredDeadLetter
        let form: DeadLetterMessage.Form
    }

    private var sent: [UInt: Sent] = [:]
    private var lastTag: UInt = 0
    /// To be sent, in order.
    private var waiting: [Sent] = []
    private(set) var settlement = Settlement()
    /// Ids of letters that failed for a passing reason, and are not tried again in this round.
    private var resting: Set<String> = []
    /// The first of those reasons.
    private(set) var failure: KafkaError?

    var isUnderWay: Bool { !sent.isEmpty }

    /// Letters that are not to be asked of the outbox now.
    var ids: [String] {
        sent.values.map(\.letter.letter.id) + waiting.map(\.letter.letter.id) + settlement.delivered
            + settlement.withheld.keys + resting
    }

    mutating func add(_ letters: [StoredDeadLetter]) { waiting += letters.map { Sent(letter: $0, form: .whole) } }

    /// The next to be sent and the tag under which ``report(_:_:)`` hears of it; nil when there is none.
    mutating func next() -> (letter: StoredDeadLetter, form: DeadLetterMessage.Form, tag: UInt)? {
        guard !waiting.isEmpty else { return nil }
        let first = waiting.removeFirst()
        lastTag += 1
        sent[lastTag] = first
        return (first.letter, first.form, lastTag)
    }

    /// - Parameter failure: nil: the letter is on the topic.
    mutating func report(_ tag: UInt, _ failure: KafkaError?) {
        guard let report = sent.removeValue(forKey: tag) else { return }
        let id = report.letter.letter.id
        guard let failure else {
            settlement.delivered.append(id)
            return
        }
        if failure.isTooLarge, let smaller = report.form.next {
            waiting.insert(Sent(letter: report.letter, form: smaller), at: 0)
        } else if failure.isTooLarge || failure.isInvalidRecord {
            settlement.withheld[id] = "\(failure)"
        } else {
            resting.insert(id)
            if self.failure == nil { self.failure = failure }
        }
    }

    /// The database has heard of it.
    mutating func settled() { settlement = Settlement() }

    /// What failed may be tried again.
    mutating func beginRound() { (resting, failure) = ([], nil) }

    /// The producer is gone, and nobody will ever report on what it had: that is to be read from the outbox again.
    mutating func forgetWhatIsUnderWay() {
        sent = [:]
        waiting = []
    }
}
