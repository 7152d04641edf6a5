import Testbed
import Testing

@testable import Delivery
@testable import Kafka

@Suite struct PartitionLedgerTests {
    private static func ledger<Outcome>(of: Outcome.Type, startingAt start: Int64) -> PartitionLedger<Outcome> {
        PartitionLedger(TopicPartition(topic: "t", partition: 0), startingAt: start, epoch: 3)
    }

    @Test func onlyTheFinishedPrefixMayBeStored() {
        let ledger = LedgerProbe(Self.ledger(of: String.self, startingAt: 10))
        for (offset, bytes) in [(Int64(10), 100), (11, 200), (15, 300)] {
            #expect(ledger.handOut(offset, bytes: bytes))
        }
        #expect(ledger.value.outstandingBytes == 600)
        #expect(ledger.finish(11, "b"))
        #expect(ledger.value.finishedPrefix() == nil)
        #expect(ledger.finish(10, "a"))
        let prefix = ledger.value.finishedPrefix()
        #expect(prefix?.expected == 10)
        #expect(prefix?.nextOffset == 15, "the next record's, across the gap before it")
        #expect(prefix?.outcomes == ["a", "b"])
        #expect(ledger.value.finishedPrefix(limit: 1)?.nextOffset == 11)
        #expect(ledger.value.finishedPrefix(limit: 0) == nil)
        #expect(ledger.value.outstandingBytes == 600, "nothing is stored yet")
        #expect(prefix.map { ledger.store($0) } == true)
        #expect(prefix.map { ledger.store($0) } == false, "only once")
        #expect(ledger.value.storedOffset == 15)
        #expect(ledger.value.outstandingBytes == 300)
        #expect(ledger.finish(15, "c"))
        let last = ledger.value.finishedPrefix()
        #expect(last?.expected == 15)
        #expect(last?.nextOffset == 16, "one past the last record")
    }

    @Test func whatIsAbandonedEndsTheClaim() {
        let ledger = LedgerProbe(Self.ledger(of: Int.self, startingAt: 0))
        for offset in 0..<4 { #expect(ledger.handOut(Int64(offset), bytes: 10)) }
        for offset in [0, 2] { #expect(ledger.finish(Int64(offset), offset)) }
        ledger.abandon(5)
        #expect(ledger.value.outstandingCount == 4, "never handed out")
        ledger.abandon(2)
        #expect(ledger.value.outstandingCount == 4, "done before")
        ledger.abandon(1)
        #expect(ledger.value.outstandingCount == 1 && ledger.value.outstandingBytes == 10)
        #expect(!ledger.finish(3, 3), "behind it")
        #expect(!ledger.handOut(4, bytes: 1), "nothing more is taken")
        #expect(ledger.value.finishedPrefix()?.nextOffset == 1, "what lies before it may be stored")
    }

    @Test func strangersAreIgnored() {
        let ledger = LedgerProbe(Self.ledger(of: Int.self, startingAt: 5))
        #expect(!ledger.handOut(4, bytes: 1), "below the start")
        #expect(ledger.handOut(5, bytes: 1))
        #expect(!ledger.handOut(5, bytes: 1), "twice")
        #expect(!ledger.finish(6, 0), "never handed out")
        #expect(ledger.finish(5, 0))
        #expect(!ledger.finish(5, 1), "done before")
        #expect(ledger.value.finishedPrefix()?.outcomes == [0])
        #expect(ledger.value.outstandingBytes == 1)
    }

    /// Against the plainest account there is, over random orders, gaps, limits and interruptions.
    @Test(arguments: 0..<200) func anyOrderOfCompletion(seed: UInt64) {
        var random = SplitMix(state: seed)
        let ledger = LedgerProbe(Self.ledger(of: Int64.self, startingAt: 100))
        var handedOut: [Int64] = []
        var bytes: [Int64: Int] = [:]
        var finished: Set<Int64> = []
        var stored: [Int64] = []
        var boundary: Int64 = 100
        var offset: Int64 = 100
        for _ in 0..<400 {
            switch UInt64.random(in: 0..<10, using: &random) {
            case 0..<4:
                offset += Int64.random(in: 0...2, using: &random)
                bytes[offset] = Int.random(in: 0...50, using: &random)
                #expect(ledger.handOut(offset, bytes: bytes[offset] ?? 0))
                handedOut.append(offset)
                offset += 1
            case 4..<8:
                let open = handedOut.filter { !finished.contains($0) }
                guard let one = open.randomElement(using: &random) else { continue }
                #expect(ledger.finish(one, one))
                finished.insert(one)
            default:
                let limit = Int.random(in: 1...8, using: &random)
                let expected = handedOut.dropFirst(stored.count).prefix(limit).prefix { finished.contains($0) }
                let prefix = ledger.value.finishedPrefix(limit: limit)
                #expect(prefix?.outcomes ?? [] == Array(expected))
                guard let prefix else { continue }
                #expect(prefix.expected == boundary)
                if Bool.random(using: &random) {
                    #expect(ledger.store(prefix))
                    stored += expected
                    boundary = stored.count < handedOut.count ? handedOut[stored.count] : (stored.last ?? 99) + 1
                }
            }
            let outstanding = handedOut.dropFirst(stored.count)
            #expect(ledger.value.outstandingCount == outstanding.count)
            #expect(ledger.value.outstandingBytes == outstanding.reduce(0) { $0 + (bytes[$1] ?? 0) })
            #expect(ledger.value.storedOffset == boundary)
        }
    }
}
