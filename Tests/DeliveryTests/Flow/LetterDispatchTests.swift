import CKafka
import Testing

@testable import Delivery
@testable import Kafka
@testable import Persistence

@Suite struct LetterDispatchTests {
    private static func letter(_ offset: Int64) -> StoredDeadLetter {
        .example(DeadLetter(source: .init(topic: "t", partition: 0, offset: offset), key: nil, value: nil, reason: "r"))
    }

    private let tooLarge = KafkaError(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "too large")

    /// What is sent now, as `id form`, with the tags.
    private func sent(_ dispatch: inout LetterDispatch) -> [(name: String, tag: UInt)] {
        var sent: [(String, UInt)] = []
        while let (letter, form, tag) = dispatch.next() { sent.append(("\(letter.letter.id) \(form)", tag)) }
        return sent
    }

    @Test func aLargeLetterShrinksAndHoldsUpNobody() {
        var dispatch = LetterDispatch()
        dispatch.add((0..<3).map(Self.letter))
        var tags = sent(&dispatch)
        #expect(tags.map(\.name) == ["t/0/0 whole", "t/0/1 whole", "t/0/2 whole"])
        dispatch.report(tags[1].tag, tooLarge)
        dispatch.report(tags[0].tag, nil)
        dispatch.report(tags[2].tag, nil)
        #expect(dispatch.settlement.delivered == ["t/0/0", "t/0/2"])
        for form in ["withoutValue", "bare"] {
            tags = sent(&dispatch)
            #expect(tags.map(\.name) == ["t/0/1 \(form)"])
            dispatch.report(tags[0].tag, tooLarge)
        }
        #expect(sent(&dispatch).isEmpty && !dispatch.isUnderWay && dispatch.failure == nil)
        #expect(dispatch.settlement.withheld["t/0/1"]?.contains("too large") == true)
        #expect(Set(dispatch.ids) == ["t/0/0", "t/0/1", "t/0/2"], "not to be read again before the database knows")
        dispatch.settled()
        #expect(dispatch.ids.isEmpty)
    }

    @Test func whatIsUnderWayIsNotReadAgainAndWhatFailedIsInTheNextRound() {
        var dispatch = LetterDispatch()
        dispatch.add((0..<2).map(Self.letter))
        let tags = sent(&dispatch)
        dispatch.report(tags[0].tag, KafkaError(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, "late"))
        #expect(Set(dispatch.ids) == ["t/0/0", "t/0/1"] && dispatch.failure?.name == "_MSG_TIMED_OUT")
        dispatch.beginRound()
        #expect(dispatch.ids == ["t/0/1"] && dispatch.failure == nil && dispatch.isUnderWay)
        dispatch.forgetWhatIsUnderWay()
        #expect(dispatch.ids.isEmpty)
        dispatch.report(tags[1].tag, nil)
        #expect(dispatch.settlement.isEmpty, "of a producer that is gone")
    }

    @Test func whatTheTopicTakesInNoFormIsNotTriedInAnother() {
        var dispatch = LetterDispatch()
        dispatch.add([Self.letter(5)])
        let tags = sent(&dispatch)
        dispatch.report(tags[0].tag, KafkaError(RD_KAFKA_RESP_ERR_INVALID_RECORD, "no key"))
        #expect(dispatch.settlement.withheld.keys.sorted() == ["t/0/5"] && !dispatch.isUnderWay)
    }
}

extension StoredDeadLetter {
    static func example(_ letter: DeadLetter, failures: [Failure] = []) -> StoredDeadLetter {
        StoredDeadLetter(
            letter: letter, failures: failures, isPublished: false, writtenAt: "", requeuedAt: nil, requeueCount: 0,
            withheld: nil)
    }
}
