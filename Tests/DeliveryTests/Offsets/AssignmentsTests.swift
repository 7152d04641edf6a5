import Persistence
import Testbed
import Testing

@testable import Delivery
@testable import Jobs
@testable import Kafka
@testable import Threads

@Suite(.timeLimit(.minutes(1))) struct AssignmentsTests {
    private let assignments = Assignments(limit: 100)
    private let first = TopicPartition(topic: "t", partition: 0)
    private let second = TopicPartition(topic: "t", partition: 1)

    private func record(_ offset: Int64, of partition: TopicPartition? = nil) -> KafkaRecord {
        KafkaRecord(topicPartition: partition ?? first, offset: offset, value: nil)
    }

    private func finish(_ ticket: Ticket) {
        assignments.finish(FinishedJob(ticket: ticket, outcome: .failed(JobError(.tombstone, "x"), nil)))
    }

    private func take(_ offset: Int64, of partition: TopicPartition? = nil, weight: Int = 10) throws -> Ticket {
        try #require(assignments.take(record(offset, of: partition), weight: weight).ticket)
    }

    private func isDropped(_ record: KafkaRecord) -> Bool {
        if case .dropped = assignments.take(record, weight: 1) { true } else { false }
    }

    @Test func whatIsNotOursOrCameBeforeIsDropped() throws {
        #expect(isDropped(record(5)))
        assignments.assign(PartitionLedger(first, startingAt: 5, epoch: 1))
        #expect(isDropped(record(4)))
        _ = try take(5)
        #expect(isDropped(record(5)))
        #expect(isDropped(record(6, of: second)))
        // Compaction leaves gaps.
        _ = try take(9)
        #expect(assignments.outstanding == 2)
        #expect(assignments.partitions == [first])
    }

    @Test func onlyTheFinishedPrefixIsReady() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 7))
        let tickets = try (0..<4).map { try take(Int64($0)) }
        finish(tickets[2])
        finish(tickets[1])
        #expect(assignments.ready(limit: 64).isEmpty)
        finish(tickets[0])
        let ready = try #require(assignments.ready(limit: 64).first)
        #expect(ready.partition == first)
        #expect(ready.epoch == 7)
        #expect(ready.expected == 0)
        #expect(ready.nextOffset == 3)
        #expect(ready.outcomes.map(\.ticket.record.offset) == [0, 1, 2])
        // Asked again after a failed write, it is the same.
        #expect(assignments.ready(limit: 64).first?.nextOffset == 3)
        #expect(assignments.ready(limit: 2).first?.nextOffset == 2)
    }

    @Test func whatAnotherWorkerClaimedIsDroppedOnce() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        finish(try take(0))
        let ready = try #require(assignments.ready(limit: 64).first)
        assignments.fence(first, epoch: ready.epoch)
        #expect(assignments.partitions.isEmpty)
        #expect(assignments.takeFenced() == [first])
        #expect(assignments.takeFenced().isEmpty)
        // Claimed anew by this worker: an answer that comes late is none of the new claim's business.
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 3))
        assignments.fence(first, epoch: ready.epoch)
        #expect(assignments.partitions == [first])
        #expect(assignments.takeFenced().isEmpty)
        // What the group takes away needs no word of it any more.
        finish(try take(0))
        assignments.fence(first, epoch: 3)
        assignments.revoke(first)
        #expect(assignments.takeFenced().isEmpty)
    }

    /// Nothing is worked on before the record was seen that shows that the log is the old one.
    @Test func theProofComesFirst() throws {
        let last = record(6)
        assignments.assign(PartitionLedger(first, startingAt: 7, epoch: 4, proof: RecordMark(last)))
        guard case .misfit(let epoch, let proof) = assignments.take(record(7), weight: 1) else {
            Issue.record("another record was taken before the proof")
            return
        }
        #expect(epoch == 4 && proof == RecordMark(last))
        let other = KafkaRecord(topicPartition: first, offset: 6, value: [1])
        guard case .misfit = assignments.take(other, weight: 1) else {
            Issue.record("another record was taken for the proof")
            return
        }
        #expect(assignments.reachEnd(of: first, at: 7)?.proof == RecordMark(last))
        guard case .proof = assignments.take(last, weight: 1) else {
            Issue.record("the proof was not known again")
            return
        }
        #expect(assignments.reachEnd(of: first, at: 7) == nil)
        #expect(try take(7).record.offset == 7)
        #expect(assignments.outstanding == 1)
    }

    /// What lies between the last record and the log's end is stored as well, once nothing before it is open.
    @Test func theEndOfALogIsStored() throws {
        assignments.assign(PartitionLedger(first, startingAt: 5, epoch: 1))
        #expect(assignments.ready(limit: 64).isEmpty)
        let open = try take(5)
        #expect(assignments.reachEnd(of: first, at: 9) == nil)
        #expect(assignments.ready(limit: 64).isEmpty)
        finish(open)
        let ready = try #require(assignments.ready(limit: 64).first)
        #expect(ready.nextOffset == 9 && ready.outcomes.count == 1)
        assignments.stored(ready)
        #expect(assignments.reachEnd(of: first, at: 11) == nil)
        let gap = try #require(assignments.ready(limit: 64).first)
        #expect(gap.expected == 9 && gap.nextOffset == 11 && gap.outcomes.isEmpty)
        assignments.stored(gap)
        #expect(assignments.storedOffsets == [first: 11])
        #expect(assignments.ready(limit: 64).isEmpty)
        #expect(assignments.reachEnd(of: first, at: 11) == nil)
        #expect(assignments.ready(limit: 64).isEmpty, "the same end is no news")
    }

    @Test func behindWhatWasAbandonedNothingIsSkipped() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        assignments.abandon(try take(0))
        #expect(assignments.reachEnd(of: first, at: 4) == nil)
        #expect(assignments.ready(limit: 64).isEmpty)
    }

    @Test func storingTwiceCountsOnce() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        for offset in 0..<2 { finish(try take(Int64(offset))) }
        let ready = try #require(assignments.ready(limit: 1).first)
        assignments.stored(ready)
        assignments.stored(ready)
        #expect(assignments.storedOffsets == [first: 1])
        #expect(assignments.outstanding == 1)
    }

    @Test func partitionsComeInOrderAndApart() throws {
        assignments.assign(PartitionLedger(second, startingAt: 0, epoch: 2))
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        let slow = try take(0)
        finish(try take(0, of: second))
        #expect(assignments.ready(limit: 64).map(\.partition) == [second])
        finish(slow)
        #expect(assignments.ready(limit: 64).map(\.partition) == [first, second])
        #expect(assignments.ready(limit: 64).map(\.epoch) == [1, 2])
        #expect(assignments.ready(limit: 64).map(\.outcomes.count) == [1, 1])
        #expect(assignments.outstanding == 2)
    }

    @Test func whatEndsAfterARevocationIsIgnored() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        let late = try take(0)
        let done = try take(1)
        finish(done)
        #expect(assignments.isCurrent(late))
        assignments.revoke(first)
        #expect(!assignments.isCurrent(late))
        finish(late)
        #expect(assignments.ready(limit: 64).isEmpty)
        #expect(assignments.storedOffsets.isEmpty)
        #expect(assignments.outstanding == 0)

        // Assigned anew, the same offset is another job.
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 3))
        let again = try take(0)
        #expect(!assignments.isCurrent(late))
        #expect(assignments.isCurrent(again))
        finish(late)
        #expect(assignments.ready(limit: 64).isEmpty)
        finish(again)
        #expect(assignments.ready(limit: 64).first?.epoch == 3)
    }

    /// What waits under one claim of a partition is nobody's business under the next, nor another partition's.
    @Test func claimsAreApart() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        assignments.assign(PartitionLedger(second, startingAt: 5, epoch: 1))
        let early = try take(0)
        let far = try take(5, of: second, weight: 20)
        assignments.stall(early, true)
        #expect(assignments.outstandingBytes == 30)
        #expect(assignments.stalled == [first])
        assignments.revoke(first)
        #expect(assignments.outstandingBytes == 20)
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 2))
        let again = try take(0)
        assignments.stall(early, false)
        assignments.stall(again, true)
        #expect(assignments.stalled == [first])
        assignments.abandon(early)
        finish(early)
        #expect(assignments.outstanding == 2)
        #expect(assignments.ready(limit: 64).isEmpty)
        for ticket in [again, far] { finish(ticket) }
        let ready = assignments.ready(limit: 64)
        #expect(ready.map(\.partition) == [first, second])
        assignments.stored(try #require(ready.first))
        #expect(assignments.storedOffsets == [first: 1, second: 5])
        #expect(assignments.outstandingBytes == 20)
    }

    @Test func suspectsCarryWhatIsHeldAgainstThem() throws {
        assignments.assign(
            PartitionLedger(first, startingAt: 0, epoch: 1, suspects: [1: Suspicion(crashes: 2, attempts: 4)]))
        #expect(try take(0).suspicion == nil)
        #expect(try take(1).suspicion == Suspicion(crashes: 2, attempts: 4))
    }

    @Test func aWriteThatOutlivesItsClaimChangesNothing() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        finish(try take(0))
        let old = try #require(assignments.ready(limit: 64).first)
        assignments.revoke(first)
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 2))
        assignments.stored(old)
        #expect(assignments.storedOffsets == [first: 0])
        finish(try take(0))
        #expect(assignments.ready(limit: 64).first?.epoch == 2)
    }

    @Test func bytesBoundWhatIsInFlight() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        let stuck = try take(0, weight: 40)
        let tickets = try (1..<4).map { try take(Int64($0), weight: 20) }
        #expect(assignments.isFull)
        #expect(!assignments.hasDrained)
        // Finished jobs behind a stuck one count too.
        tickets.forEach(finish)
        #expect(assignments.isFull)
        finish(stuck)
        assignments.stored(try #require(assignments.ready(limit: 1).first))
        #expect(!assignments.isFull)
        #expect(!assignments.hasDrained)
        assignments.stored(try #require(assignments.ready(limit: 1).first))
        assignments.stored(try #require(assignments.ready(limit: 1).first))
        #expect(assignments.hasDrained)
    }

    @Test func threadsThatFinishInAnyOrderAreStoredInOrder() throws {
        assignments.assign(PartitionLedger(first, startingAt: 0, epoch: 1))
        let work = BoundedQueue<Ticket>(limit: .max)
        var tickets = try (0..<500).map { try take(Int64($0)) }
        var generator = SplitMix(state: 5)
        tickets.shuffle(using: &generator)
        tickets.forEach { work.push($0) }
        work.close()
        let lanes = (0..<4).map { _ in WorkerThread("lane") { while let ticket = work.pop() { finish(ticket) } } }
        var stored: [Int64] = []
        while stored.count < 500 {
            for ready in assignments.ready(limit: 16) {
                #expect(ready.expected == Int64(stored.count))
                stored += ready.outcomes.map(\.ticket.record.offset)
                assignments.stored(ready)
            }
        }
        lanes.forEach { $0.join() }
        #expect(stored == Array(0..<500))
        #expect(assignments.outstanding == 0)
    }
}

extension Assignments.Admission {
    var ticket: Ticket? { if case .ticket(let ticket) = self { ticket } else { nil } }
}
