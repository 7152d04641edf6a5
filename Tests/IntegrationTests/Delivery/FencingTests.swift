import Foundation
import Persistence
import Testbed
import Testing

/// A worker that stalls in the middle of an assignment may claim, when it goes on, what the group has long given to
/// another.
@Suite(.startsWorkers(lasting: 30)) struct FencingTests {
    @Test func theOwnerClaimsAgainWhatAStrangerClaimed() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 3)
            let submitted = try site.submit(ids, imagesPerJob: 1)
            let connection = try site.connect()
            let worker = try site.worker(["--until-idle", "1", "--lanes", "1"])
            try eventually(within: 120, "some results") {
                try connection.number("SELECT count(*) FROM entente.image_results") >= 4
            }
            try connection.exec(
                """
                SELECT entente.claim_offset('entente', '\(Site.topic)', partition, 'stranger', 1000)
                FROM generate_series(0, 1) AS partition
                """)
            let end = try worker.wait(within: 180)
            #expect(end.status == 0, "\(end)")
            #expect(end.errors.contains("partitions were claimed by another worker"), "\(end)")
            #expect(
                try site.status(submitted.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            #expect(try site.offsetsStored() == ids.count)
            #expect(try connection.number("SELECT min(epoch) FROM entente.job_offsets") == 3)
            try site.expectRollupsTrue()
        }
    }

    /// The schema moves on while a worker runs, to a version that does without it: it ends, so that others get its partitions.
    @Test func aWorkerThatTheSchemaHasLeftBehindEnds() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let worker = try site.worker()
            try worker.waitForErrors(containing: "partition assigned")
            // As a migration does that shuts builds out.
            try site.connect().exec(
                """
                INSERT INTO entente.schema_migrations (version, name, checksum, oldest_worker, duration_ms)
                VALUES (9000, 'to_come', '', 9000, 0);
                UPDATE entente.job_offsets SET epoch = epoch + 1
                """)
            try site.produce("{}", key: "any")
            let end = try worker.wait(within: 120)
            #expect(end.status == 69, "\(end)")
            #expect(end.errors.contains("9000 or newer"), "\(end)")
        }
    }
}
