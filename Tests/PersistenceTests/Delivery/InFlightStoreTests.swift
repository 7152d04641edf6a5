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
        try second.store.note(0, of: partition, offset: 9, epoch: second.epoch)
        second.session.disconnect()
        try eventually("the server notices") {
            try connection.query(
                "SELECT NOT entente.is_present('second')"
            ).bool(0, 0)
        }
        #expect(
            try claim() == [.init(offset: 7, crashes: 0, attempts: 0), .init(offset: 9, crashes: 0, attempts: 1)],
            "only what ran alone is blamed"
        )
        #expect(
            try claim() == [.init(offset: 7, crashes: 0, attempts: 0), .init(offset: 9, crashes: 0, attempts: 1)],
            "once for a crash")
    }

    /// One worker after another takes the job alone, gets so far and ends so; what is held against it then.
    @Test(
        arguments: [
            // Killed before its first image was read: nothing.
            ([(nil, false), (nil, false), (nil, false), (nil, false)], 0, 0),
            // Traps before that: nothing either, since no image was looked at.
            ([(nil, true), (nil, true)], 0, 0),
            // Killed from outside: attempts, and no crashes.
            ([(0, false), (3, false), (3, false), (2, false)], 0, 4),
            // Traps at the same place each time.
            ([(3, true), (3, true), (3, true)], 3, 3),
            // Each got further than the one before.
            ([(3, true), (4, true), (9, true)], 1, 3),
            // One that came less far says something again.
            ([(9, false), (4, true), (10, true), (10, true)], 2, 4),
        ] as [([(progress: Int?, traps: Bool)], Int, Int)])
    func aCrashCountsByHowFarItCameAndHowItEnded(
        _ deaths: [(progress: Int?, traps: Bool)], crashes: Int, attempts: Int
    ) throws {
        for (number, death) in deaths.enumerated() {
            let worker = try worker("worker \(number)")
            #expect(try worker.store.take(partition, offset: 7, epoch: worker.epoch, alone: true))
            if let steps = death.progress {
                try worker.store.note(steps, of: partition, offset: 7, epoch: worker.epoch)
                try worker.store.note(steps + 50, of: partition, offset: 7, epoch: worker.epoch - 1)
            }
            if death.traps { try connection.query("SELECT entente.note_trap($1)", [.text("worker \(number)")]) }
            worker.session.disconnect()
            try eventually("the server notices") {
                try connection.query("SELECT NOT entente.is_present($1)", [.text("worker \(number)")]).bool(0, 0)
            }
        }
        #expect(try claim() == [.init(offset: 7, crashes: crashes, attempts: attempts)])
    }

    /// A network that breaks may leave the worker's former session with the server, which holds what it announced.
    @Test func aWorkerDoesNotWaitForItsOwnDeadSession() throws {
        let first = try worker("worker")
        let second = try database.connect()
        try second.exec("SET lock_timeout = '1s'")
        try InFlightStore(second).announce(owner: "worker")
        first.session.disconnect()
        second.disconnect()
        try eventually("the server notices") {
            try connection.query("SELECT NOT entente.is_present('worker')").bool(0, 0)
        }
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
