import Testbed
import Testing

@testable import Persistence

@Suite struct InFlightStoreTests {
    private let database: TestDatabase
    private let connection: Connection
    private let partition = PartitionKey(group: "g", topic: "jobs", partition: 3)

    init() throws {
        database = try TestDatabase()
        connection = try database.connect()
    }

    /// A worker with a session of its own, which ends with it.
    private func worker(_ owner: String) throws -> (store: InFlightStore, session: Connection, epoch: Int64) {
        let session = try database.connect()
        let store = InFlightStore(session)
        let epoch = try OffsetLedger(session).claim(partition, owner: owner).epoch
        try store.announce(owner: owner)
        return (store, session, epoch)
    }

    private func claim() throws -> [InFlightStore.Suspect] {
        _ = try OffsetLedger(connection).claim(partition, owner: "next")
        return try InFlightStore(connection).suspects(of: partition)
    }

    @Test func jobsOfAVanishedWorkerAreSuspects() throws {
        var store: InFlightStore? = try {
            let first = try worker("first")
            #expect(try first.store.take(partition, offset: 7, epoch: first.epoch, alone: false))
            #expect(try first.store.take(partition, offset: 9, epoch: first.epoch, alone: true))
            return first.store
        }()
        #expect(store != nil)
        #expect(try claim() == [], "its session is there: it is stopped, or slow, but has not crashed")
        #expect(try connection.query("SELECT 1 FROM entente.in_flight_jobs").count == 0)
        store = nil

        let second = try worker("second")
        #expect(try second.store.take(partition, offset: 7, epoch: second.epoch, alone: false))
        #expect(try second.store.take(partition, offset: 9, epoch: second.epoch, alone: true))
        second.session.disconnect()
        try eventually("the server notices") {
            try connection.query(
                "SELECT NOT entente.is_present('second')"
            ).bool(0, 0)
        }
        #expect(
            try claim() == [.init(offset: 7, crashes: 0), .init(offset: 9, crashes: 1)], "only what ran alone is blamed"
        )
        #expect(try claim() == [.init(offset: 7, crashes: 0), .init(offset: 9, crashes: 1)], "once for a crash")
    }

    @Test func anOrderlyReleaseLeavesNoSuspects() throws {
        let worker = try worker("first")
        #expect(try worker.store.take(partition, offset: 7, epoch: worker.epoch, alone: false))
        try worker.store.release(partition, epoch: worker.epoch)
        worker.session.disconnect()
        try eventually("the server notices") {
            try connection.query(
                "SELECT NOT entente.is_present('first')"
            ).bool(0, 0)
        }
        #expect(try claim() == [])
    }

    @Test func whoIsNotTheOwnerTakesAndReleasesNothing() throws {
        let zombie = try worker("zombie")
        let heir = try worker("heir")
        #expect(try heir.store.take(partition, offset: 7, epoch: heir.epoch, alone: false))
        #expect(try !zombie.store.take(partition, offset: 8, epoch: zombie.epoch, alone: false))
        try zombie.store.release(partition, epoch: zombie.epoch)
        #expect(try connection.query("SELECT message_offset FROM entente.in_flight_jobs").bigint(0, 0) == 7)
    }

    @Test func whatIsStoredIsNoLongerInFlight() throws {
        let worker = try worker("first")
        for offset in [Int64(5), 6, 7] {
            #expect(try worker.store.take(partition, offset: offset, epoch: worker.epoch, alone: false))
        }
        try BatchWriter(worker.session).write(
            WriteBatch(offsets: [.init(partition: partition, epoch: worker.epoch, expected: nil, next: 7)]))
        let left = try connection.query("SELECT message_offset FROM entente.in_flight_jobs")
        #expect(left.count == 1)
        #expect(try left.bigint(0, 0) == 7)
        #expect(try !worker.store.take(partition, offset: 6, epoch: worker.epoch, alone: false), "its outcome is in")
    }
}
