import Testbed
import Testing

@testable import Persistence

@Suite struct OffsetOrdersTests {
    private let connection: Connection
    private let one = PartitionKey(group: "g", topic: "jobs", partition: 1)
    private let mark = RecordMark(offset: 4, digest: Array(repeating: 9, count: 32))

    init() throws { connection = try TestDatabase().connect() }

    private var ledger: OffsetLedger { OffsetLedger(connection) }

    /// Claimed, begun at 3, and stored up to 7 behind a record at 4.
    private func work() throws -> OffsetPosition {
        let claim = try ledger.claim(one, owner: "a")
        #expect(try ledger.start(one, epoch: claim.epoch, at: 3, cluster: "C"))
        try BatchWriter(connection).write(
            WriteBatch(offsets: [.init(partition: one, epoch: claim.epoch, expected: 3, next: 7, last: mark)]))
        return claim
    }

    @Test func aStepLeavesAMarkAndAGapKeepsIt() throws {
        let claim = try work()
        let position = OffsetPosition(epoch: claim.epoch, nextOffset: 7, cluster: "C", last: mark)
        #expect(try ledger.position(one) == position)
        try BatchWriter(connection).write(
            WriteBatch(offsets: [.init(partition: one, epoch: claim.epoch, expected: 7, next: 9)]))
        #expect(try ledger.position(one)?.last == mark)
        #expect(try ledger.position(one)?.nextOffset == 9)
        // What is known stays: another cluster, or another start, is for an operator to say.
        #expect(try ledger.start(one, epoch: claim.epoch, at: 0, cluster: "D"))
        #expect(try ledger.position(one)?.cluster == "C")
        #expect(try ledger.position(one)?.nextOffset == 9)
        #expect(try !ledger.start(one, epoch: claim.epoch + 1, at: 0, cluster: nil), "another's claim")
    }

    @Test func ordersFenceWhoeverReads() throws {
        let orders = OffsetOrders(connection)
        #expect(try !orders.hold(one, because: "x"), "a partition that nobody knows")
        #expect(try !orders.release(one))
        let claim = try work()
        #expect(try orders.hold(one, because: "maintenance"))
        let fenced = #expect(throws: PersistenceError.self) {
            try BatchWriter(connection).write(
                WriteBatch(offsets: [.init(partition: one, epoch: claim.epoch, expected: 7, next: 8)]))
        }
        #expect(fenced?.isFenced == true)
        #expect(try ledger.claim(one, owner: "b").heldBecause == "maintenance")
        #expect(try orders.list("jobs", group: "g").map(\.position.heldBecause) == ["maintenance"])
        #expect(try orders.release(one))
        #expect(try !orders.release(one), "once")
        let released = try #require(try ledger.position(one))
        #expect(released.nextOffset == 7 && released.last == nil && released.cluster == nil)
        try orders.set(one, to: 2)
        let set = try #require(try ledger.position(one))
        #expect(set.nextOffset == 2 && set.epoch > released.epoch)
        // Of a partition that nobody has begun, too.
        let two = PartitionKey(group: "g", topic: "jobs", partition: 2)
        try orders.set(two, to: 5)
        #expect(try ledger.claim(two, owner: "a").nextOffset == 5)
        #expect(try orders.list("jobs", group: "other").isEmpty)
    }

    @Test func aWorkerHoldsWhatIsItsOwnAlone() throws {
        let claim = try ledger.claim(one, owner: "a")
        try ledger.hold(one, epoch: claim.epoch - 1, because: "late")
        #expect(try ledger.position(one)?.heldBecause == nil)
        try ledger.hold(one, epoch: claim.epoch, because: "first")
        try ledger.hold(one, epoch: claim.epoch, because: "second")
        #expect(try ledger.position(one)?.heldBecause == "first")
        #expect(try ledger.position(one)?.isOtherLog == true)
    }

    @Test func aGroupBeginsWithATopicOnce() throws {
        _ = try ledger.claim(one, owner: "a")
        try ledger.begin("jobs", group: "g", starts: [10, nil, 30], at: 1234)
        try ledger.begin("jobs", group: "g", starts: [11, 21, 31, 41], at: -2)
        let known = try ledger.positions(of: "jobs", group: "g")
        #expect(known.keys.sorted() == [0, 1, 2])
        #expect(known.mapValues(\.nextOffset) == [0: 10, 1: nil, 2: 30])
        #expect(known[1]?.beginsAt == 1234 && known[1]?.epoch == 1)
        #expect(try ledger.positions(of: "jobs", group: "other").isEmpty)
        // Several workers say so at the same time.
        #expect(try ledger.claim(PartitionKey(group: "g", topic: "jobs", partition: 0), owner: "b").nextOffset == 10)
    }

    /// Builds from before there were marks and holds: what they store leaves no mark of something else, and what is held they
    /// ask for again later.
    @Test func olderBuildsHeedBoth() throws {
        let claim = try work()
        try connection.exec("SELECT entente.advance_offset('g', 'jobs', 1, \(claim.epoch), 7, 8)")
        #expect(try ledger.position(one)?.last == nil)
        #expect(try ledger.position(one)?.nextOffset == 8)
        try ledger.hold(one, epoch: claim.epoch, because: "why")
        let refused = #expect(throws: PersistenceError.self) {
            try connection.query("SELECT epoch, next_offset FROM entente.claim_offset('g', 'jobs', 1, 'old', 12)")
        }
        #expect(refused?.isRetriable == true)
        #expect(refused?.description.contains("is held") == true)
        #expect(try OffsetOrders(connection).release(one))
        let rows = try connection.query(
            "SELECT epoch, next_offset FROM entente.claim_offset('g', 'jobs', 1, 'old', 12)")
        #expect(try rows.bigint(0, 1) == 8)
    }
}
