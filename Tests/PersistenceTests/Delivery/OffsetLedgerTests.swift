import Testbed
import Testing

@testable import Persistence

@Suite struct OffsetLedgerTests {
    private let database: TestDatabase
    private let connection: Connection
    private let id: String
    private let one = PartitionKey(group: "g", topic: "jobs", partition: 1)
    private let two = PartitionKey(group: "g", topic: "jobs", partition: 2)

    init() throws {
        database = try TestDatabase()
        connection = try database.connect()
        id = try Fixture.register(on: connection)
    }

    private func images() throws -> Int64 {
        try connection.query("SELECT count(*) FROM entente.image_results").bigint(0, 0)
    }

    @Test func everyClaimRaisesTheEpochAndKeepsTheOffset() throws {
        let ledger = OffsetLedger(connection)
        #expect(try ledger.position(one) == nil)
        #expect(try ledger.claim(one, owner: "a") == .init(epoch: 1, nextOffset: nil))
        try BatchWriter(connection).write(
            WriteBatch(offsets: [.init(partition: one, epoch: 1, expected: nil, next: 40)]))
        #expect(try ledger.claim(one, owner: "b") == .init(epoch: 2, nextOffset: 40))
        #expect(try ledger.position(one) == .init(epoch: 2, nextOffset: 40))
        #expect(try ledger.claim(PartitionKey(group: "other", topic: "jobs", partition: 1), owner: "c").epoch == 1)
    }

    /// Builds that the schema has left behind claim nothing; a build is as old as its newest migration.
    @Test func aBuildThatIsLeftBehindClaimsNothing() throws {
        try connection.exec(
            """
            INSERT INTO entente.schema_migrations (version, name, checksum, oldest_worker, duration_ms)
            VALUES (9000, 'to_come', '', 9000, 0)
            """)
        let error = #expect(throws: PersistenceError.self) { try OffsetLedger(connection).claim(one, owner: "a") }
        #expect(error?.code == .schema)
        #expect(error?.description.contains("9000 or newer") == true)
        #expect(try OffsetLedger(connection).position(one) == nil)
    }

    @Test func aFencedBatchWritesNothingAndNamesThePartition() throws {
        let ledger = OffsetLedger(connection)
        let mine = try ledger.claim(one, owner: "zombie")
        let also = try ledger.claim(two, owner: "zombie")
        _ = try ledger.claim(two, owner: "successor")
        let error = #expect(throws: PersistenceError.self) {
            try BatchWriter(connection).write(
                WriteBatch(
                    offsets: [
                        .init(partition: two, epoch: also.epoch, expected: nil, next: 5),
                        .init(partition: one, epoch: mine.epoch, expected: nil, next: 5),
                    ],
                    results: [Fixture.row("a", analysisID: id)]))
        }
        #expect(error?.isFenced == true)
        #expect(error?.isRetriable == false && error?.isFatal == false)
        #expect(error?.fenced == [two])
        #expect(try images() == 0)
        #expect(try ledger.position(one)?.nextOffset == nil)
    }

    @Test func aWrongExpectationIsFenced() throws {
        let claim = try OffsetLedger(connection).claim(one, owner: "a")
        let writer = BatchWriter(connection)
        try writer.write(WriteBatch(offsets: [.init(partition: one, epoch: claim.epoch, expected: nil, next: 5)]))
        let error = #expect(throws: PersistenceError.self) {
            try writer.write(WriteBatch(offsets: [.init(partition: one, epoch: claim.epoch, expected: 4, next: 9)]))
        }
        #expect(error?.fenced == [one])
    }

    @Test func writingACommittedBatchAgainIsRecognised() throws {
        let claim = try OffsetLedger(connection).claim(one, owner: "a")
        let batch = WriteBatch(
            offsets: [.init(partition: one, epoch: claim.epoch, expected: nil, next: 5)],
            results: [Fixture.row("a", analysisID: id)])
        let writer = BatchWriter(connection)
        #expect(try writer.write(batch).wasCommittedBefore == false)
        #expect(try writer.write(batch).wasCommittedBefore)
        #expect(try images() == 1)
    }

    /// A claim waits for a batch that is being written, and then starts behind it.
    @Test func aClaimWaitsForTheBatchInFlight() throws {
        let claim = try OffsetLedger(connection).claim(one, owner: "a")
        let database = database
        let one = one
        let positions = try concurrently(2) { thread in
            if thread == 0 {
                let worker = try database.connect("worker")
                let watcher = try database.connect("watcher")
                try worker.transaction {
                    try worker.query(
                        "SELECT entente.advance_offset('g', 'jobs', 1, $1, NULL, 12)", [.bigint(claim.epoch)])
                    // Only a claim that really waits lets the transaction go on.
                    try eventually("the claim waits for a lock") {
                        try watcher.query(
                            """
                            SELECT count(*) FROM pg_stat_activity
                            WHERE datname = current_database() AND application_name = 'successor'
                                AND wait_event_type = 'Lock'
                            """
                        ).bigint(0, 0) == 1
                    }
                }
                return OffsetPosition(epoch: 0, nextOffset: 0)
            }
            let successor = try database.connect("successor")
            try eventually("the worker has the row") {
                try successor.query(
                    """
                    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                        AND application_name = 'worker' AND state = 'idle in transaction'
                        AND query LIKE '%advance_offset%'
                    """
                ).bigint(0, 0) == 1
            }
            return try OffsetLedger(successor).claim(one, owner: "b")
        }
        #expect(positions[1] == .init(epoch: 2, nextOffset: 12))
    }

    /// The connection goes between two attempts: nothing twice, nothing lost.
    @Test func aLostConnectionIsRetriedWithTheSameBatch() throws {
        let claim = try OffsetLedger(connection).claim(one, owner: "a")
        let writer = BatchWriter(connection)
        try writer.write(WriteBatch(offsets: [.init(partition: one, epoch: claim.epoch, expected: nil, next: 1)]))
        let admin = try database.connect("admin")
        try admin.query("SELECT pg_terminate_backend($1, 5000)", [.int(connection.backend)])
        let batch = WriteBatch(
            offsets: [.init(partition: one, epoch: claim.epoch, expected: 1, next: 2)],
            results: [Fixture.row("a", analysisID: id)])
        let error = #expect(throws: PersistenceError.self) { try writer.write(batch) }
        #expect(error?.isRetriable == true)
        #expect(try writer.write(batch).imagesWritten == 1)
        #expect(try OffsetLedger(connection).position(one)?.nextOffset == 2)
    }
}
