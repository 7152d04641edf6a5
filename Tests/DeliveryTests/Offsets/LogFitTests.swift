import Persistence
import Testing

@testable import Delivery
@testable import Kafka

@Suite struct LogFitTests {
    private static func position(_ last: Int64? = nil, cluster: String? = "A") -> OffsetPosition {
        OffsetPosition(
            epoch: 1, nextOffset: 20, cluster: cluster,
            last: last.map { RecordMark(offset: $0, digest: Array(repeating: 7, count: 32)) })
    }

    private static func start(_ fit: LogFit) -> Int64? { if case .fits(let start, _) = fit { start } else { nil } }
    private static func proof(_ fit: LogFit) -> Int64? {
        if case .fits(_, let proof) = fit { proof?.offset } else { nil }
    }

    @Test(
        arguments: [
            (0..<20, true), (0..<21, true), (20..<20, true), (20..<40, true), (21..<40, false), (0..<19, false),
            (0..<0, false),
            (5..<5, false),
        ] as [(Range<Int64>, Bool)])
    func anOffsetHasToBeInTheLog(log: Range<Int64>, fits: Bool) {
        let fit = LogFit(Self.position(), next: 20, log: log, cluster: "A")
        #expect((Self.start(fit) == 20) == fits)
    }

    @Test func theLastRecordIsLookedForAsLongAsItIsThere() {
        let there = LogFit(Self.position(17), next: 20, log: 17..<30, cluster: "A")
        #expect(Self.proof(there) == 17)
        let expired = LogFit(Self.position(17), next: 20, log: 18..<30, cluster: "A")
        #expect(Self.start(expired) == 20 && Self.proof(expired) == nil)
        // An offset that was set back by hand leaves the mark of a record that is to be read again.
        let back = LogFit(Self.position(17), next: 5, log: 0..<30, cluster: "A")
        #expect(Self.start(back) == 5 && Self.proof(back) == nil)
    }

    @Test func anotherClusterIsNamed() {
        guard case .differs(let reason) = LogFit(Self.position(19), next: 20, log: 0..<30, cluster: "B") else {
            Issue.record("another cluster's log was taken for ours")
            return
        }
        #expect(reason.contains("cluster A") && reason.contains("of B"))
        // Where either is not known, the record has to tell.
        #expect(Self.proof(LogFit(Self.position(19, cluster: nil), next: 20, log: 0..<30, cluster: "B")) == 19)
        #expect(Self.proof(LogFit(Self.position(19), next: 20, log: 0..<30, cluster: nil)) == 19)
    }

    /// Whatever differs between two records, their marks differ; the same record has the same mark.
    @Test func aRecordIsKnownByAllItHolds() {
        let place = TopicPartition(topic: "t", partition: 0)
        func record(
            _ offset: Int64 = 3, time: Int64? = 5, key: [UInt8]? = [1], value: [UInt8]? = [2, 3],
            headers: [KafkaHeader] = [KafkaHeader("a", [4])]
        ) -> KafkaRecord {
            KafkaRecord(
                topicPartition: place, offset: offset, timestamp: time, key: key, value: value, headers: headers)
        }
        let others = [
            record(time: 6), record(time: nil), record(key: nil), record(key: []), record(key: [1, 2], value: [3]),
            record(value: nil), record(value: []), record(headers: []), record(headers: [KafkaHeader("a", nil)]),
            record(headers: [KafkaHeader("b", [4])]),
        ].map { RecordMark($0).digest }
        #expect(Set(others + [RecordMark(record()).digest]).count == others.count + 1)
        #expect(RecordMark(record(9)).digest == RecordMark(record()).digest, "its place is known beside it")
        #expect(RecordMark(record()).digest.count == 32)
    }
}
