import Inference
import Testbed
import Testing

@testable import Persistence

/// Two writers whose batches hold the same images, or the same cells of roll-ups, in opposite orders. Neither may see an error:
/// a deadlock costs each a second, and the whole batch once more.
@Suite struct CrosswiseWritersTests {
    private let database: TestDatabase
    private let connection: Connection
    private let id: String

    init() throws {
        database = try TestDatabase()
        connection = try database.connect()
        id = try Fixture.register(on: connection)
    }

    /// What two writers have, one in the order in which the other has it backwards.
    enum Crossing: CaseIterable, Sendable {
        /// More images than a statement takes, all announced.
        case statements
        /// One image is forced by the one and not by the other, another the other way about.
        case force
        /// What the one has a result of, fails with the other.
        case failures
        /// Submissions that nobody announced.
        case submissions
        /// Images that failed in the other's partition before.
        case formerFailures
        /// Images that have a result of the other's partition, replaced beside new ones.
        case formerResults
    }

    private func row(_ image: String, _ shard: Int, _ submission: Submission? = nil) -> ImageRow {
        Fixture.row(
            Identifier(image), analysisID: id, submission: submission?.id, force: submission?.force ?? false,
            shard: shard)
    }

    private func failure(_ image: String, _ shard: Int) -> FailedImage {
        Fixture.failure(Identifier(image), analysisID: id, offset: Int64(shard), shard: shard)
    }

    /// The batches of the two.
    private func batches(_ crossing: Crossing) throws -> [WriteBatch] {
        let submissions = SubmissionStore(connection)
        let writer = BatchWriter(connection)
        func announce(_ images: [String]) throws {
            try submissions.expect(
                images.map { ImageReference(id: Identifier($0), uri: "file:///\($0)", label: "n00") },
                of: submissions.create(analysisID: id, kind: .submit))
        }
        switch crossing {
        case .statements:
            let images = (0..<3 * BatchPlan.rowsPerStatement).map { "image \($0)" }
            try announce(images)
            return [images, images.reversed()].enumerated().map { shard, images in
                WriteBatch(results: images.map { row($0, shard) })
            }
        case .force:
            try announce(["x", "y"])
            let forced = try submissions.create(analysisID: id, kind: .submit, force: true)
            return [("x", "y"), ("y", "x")].enumerated().map { shard, images in
                WriteBatch(results: [row(images.0, shard), row(images.1, shard, forced)])
            }
        case .failures:
            try announce(["x", "y"])
            return [("x", "y"), ("y", "x")].enumerated().map { shard, images in
                WriteBatch(results: [row(images.0, shard)], failures: [failure(images.1, shard)])
            }
        case .submissions:
            return [["s", "t"], ["t", "s"]].enumerated().map { shard, names in
                WriteBatch(
                    results: names.map { name in
                        Fixture.row("\(name)/\(shard)", analysisID: id, submission: Identifier(name), shard: shard)
                    })
            }
        case .formerFailures:
            try announce(["x", "y"])
            try writer.write(WriteBatch(failures: [failure("x", 1), failure("y", 0)]))
            return [("new", "x"), ("newer", "y")].enumerated().map { shard, images in
                WriteBatch(results: [row(images.0, shard), row(images.1, shard)])
            }
        case .formerResults:
            try announce(["x", "y", "v", "w"])
            try writer.write(WriteBatch(results: [row("x", 1)]))
            try writer.write(WriteBatch(results: [row("y", 0)]))
            let forced = try submissions.create(analysisID: id, kind: .submit, force: true)
            return [("v", "x"), ("w", "y")].enumerated().map { shard, images in
                WriteBatch(results: [row(images.0, shard), row(images.1, shard, forced)])
            }
        }
    }

    @Test(arguments: Crossing.allCases) func nobodyWaitsCrosswise(_ crossing: Crossing) async throws {
        let (database, batches) = (database, try batches(crossing))
        try await onOwnThread {
            let connection = try database.connect()
            // Each statement that takes locks holds on to them for a while, so that the two are sure to meet.
            try connection.exec(
                """
                CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_sleep(0.1);
                    RETURN NULL;
                END $$;
                DO $$
                DECLARE
                    name text;
                BEGIN
                    FOREACH name IN ARRAY ARRAY['images', 'image_results', 'failed_images', 'submissions'] LOOP
                        EXECUTE format('CREATE TRIGGER z_linger AFTER INSERT OR UPDATE ON entente.%I '
                            'FOR EACH STATEMENT EXECUTE FUNCTION linger()', name);
                    END LOOP;
                END $$
                """)
            _ = try concurrently(2) { number in
                try BatchWriter(database.connect("writer \(number)")).write(batches[number])
            }
            let left = Set(batches.flatMap { $0.results.map(\.image.id) })
            #expect(
                try connection.query("SELECT count(*) FROM entente.image_results").bigint(0, 0) == Int64(left.count))
            #expect(try Verifier(connection).differences() == [])
        }
    }
}
