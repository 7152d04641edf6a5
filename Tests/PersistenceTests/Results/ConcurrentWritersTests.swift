import Concepts
import Testbed
import Testing

@testable import Persistence

/// Many connections that write one analysis at once, as `entente benchmark writers` times it.
@Suite struct ConcurrentWritersTests {
    private static let connections = 64
    private static let batches = 6

    /// Every image is of one class, so that all would meet in the same roll-ups if they were not spread over shards; in
    /// the second case eight share each. Images come in no order, transactions hold their locks for a while, and no
    /// writer sees any error at all.
    @Test(arguments: [64, 8])
    func nobodyMeetsCrosswise(shards: Int) async throws {
        try await onOwnThread {
            let database = try TestDatabase()
            let connection = try database.connect()
            let id = try Fixture.register(on: connection)
            let submission = try SubmissionStore(connection).create(analysisID: id, kind: .submit)
            try connection.exec(
                """
                CREATE FUNCTION hold_locks() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_sleep(0.002);
                    RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER hold_locks AFTER UPDATE ON entente.job_offsets
                    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_locks();
                """)
            let written = try concurrently(Self.connections) { (number: Int) -> Int in
                let session = try database.connect("writer \(number)")
                let partition = PartitionKey(group: "g", topic: "t", partition: Int32(number))
                let epoch = try OffsetLedger(session).claim(partition, owner: "w").epoch
                let writer = BatchWriter(session)
                return try (0..<Self.batches).map { batch in
                    let rows = (0..<4).reversed().map { image in
                        Fixture.row(
                            "image \(number * 7 % 64)/\(batch)/\(image)", analysisID: id, submission: submission.id,
                            shard: number % shards)
                    }
                    let failed = Fixture.failure(
                        "bad \(number)/\(batch)", analysisID: id, offset: Int64(number * 100 + batch),
                        shard: number % shards)
                    let advance = OffsetAdvance(
                        partition: partition, epoch: epoch, expected: batch == 0 ? nil : Int64(batch),
                        next: Int64(batch + 1))
                    return try writer.write(WriteBatch(offsets: [advance], results: rows, failures: [failed]))
                        .imagesWritten
                }.reduce(0, +)
            }.reduce(0, +)
            #expect(written == Self.connections * Self.batches * 4)
            #expect(try Verifier(connection).differences() == [])
            let failed = Self.connections * Self.batches
            #expect(
                try SubmissionStore(connection).progress(analysisID: id)
                    == .init(expected: written + failed, done: written, failed: failed, pending: 0))
        }
    }
}
