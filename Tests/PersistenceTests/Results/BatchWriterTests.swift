import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct BatchWriterTests {
    private func setUp() throws -> (TestDatabase, Connection, String) {
        let database = try TestDatabase()
        let connection = try database.connect()
        return (database, connection, try Fixture.register(on: connection))
    }

    private func isClean(_ connection: Connection) throws -> Bool { try Verifier(connection).differences().isEmpty }

    @Test func aRowIsStoredWhole() throws {
        let (_, connection, id) = try setUp()
        let found = Fixture.findings(
            predicted: 2,
            parts: [
                Fixture.parts(.pca, vision: [], language: [], released: [0], membership: [0], flags: [.noForeground]),
                Fixture.parts(
                    .kmeans, vision: [3, 1, 7], language: [7, 3], released: [9, 6, 6, 0], membership: [4, 2, 2, 0],
                    flags: [.partsReduced, .candidatesExtended]),
            ])
        var row = Fixture.row(
            "it's \"🦎\".jpg", analysisID: id, label: 1, findings: found, submission: "sub-1", shard: 9)
        row.image.group = "g"
        row.groupDigest = "d1"
        let outcome = try BatchWriter(connection).write(WriteBatch(results: [row]))
        #expect(outcome == .init(imagesWritten: 1, failuresWritten: 0, wasCommittedBefore: false))

        let image = try connection.query(
            """
            SELECT r.label_index, r.predicted_index, r.top_classes, r.top_similarities, r.hit_at_1, r.hit_at_5,
                r.group_name, r.group_digest, r.sha256, s.submission_id, s.kind, r.worker, r.kernel_set,
                r.method_revision, r.fetch_microseconds, r.concepts_microseconds, r.shard::int, i.uri, i.label, i.state
            FROM entente.image_results r JOIN entente.images i USING (analysis_id, image_id)
            JOIN entente.submissions s ON s.sequence = r.submission WHERE r.image_id = $1
            """, [.text(row.image.id.text)])
        #expect(image.count == 1)
        #expect(try image.int(0, 0) == 1)
        #expect(try image.int(0, 1) == 2)
        #expect(try image.ints(0, 2) == [2, 0, 1, 3, 4])
        #expect(try image.reals(0, 3) == found.top.map(\.similarity))
        #expect(try image.bool(0, 4) == false)
        #expect(try image.bool(0, 5))
        #expect(try (6...9).map { try image.text(0, $0) } == ["g", "d1", "00", "sub-1"])
        #expect(try (10...12).map { try image.text(0, $0) } == ["foreign", "w", "Haswell"])
        #expect(try (13...16).map { try image.int(0, $0) } == [Int32(1), 1, 4, 9])
        #expect(try (17...19).map { try image.text(0, $0) } == [row.image.uri, "n01", "done"])

        let parts = try connection.query(
            """
            SELECT part_method, vision_count, language_count, overlap, mi_released, auc_released, curve_released,
                curve_membership, nmi_max, ami, p_value, vision_descriptors, vision_relevances, vision_parts,
                vision_mutual, grid_height::int, grid_width::int, grid, boxes, flags, label_index, shard::int
            FROM entente.part_results ORDER BY part_method
            """)
        #expect(parts.count == 2)
        #expect(try parts.text(0, 0) == "kmeans")
        #expect(try (1...3).map { try parts.int(0, $0) } == [3, 2, 2])
        #expect(try parts.bigint(0, 4) == 9)
        #expect(try parts.bigint(0, 5) == 5)
        #expect(try parts.bigints(0, 6) == [9, 6, 6, 0])
        #expect(try parts.bigints(0, 7) == [4, 2, 2, 0])
        #expect(try parts.double(0, 8) == 0.25)
        #expect(try parts.optionalDouble(0, 9) == nil)
        #expect(try parts.double(0, 10) == 0.0625)
        #expect(try parts.ints(0, 11) == [3, 1, 7])
        #expect(try parts.reals(0, 12) == found.partMethods[1].visionConcepts.map(\.relevance))
        #expect(try parts.bigints(0, 13) == [0b101, 0b10, 0b101])
        #expect(try parts.bools(0, 14) == [true, false, true])
        #expect(try parts.int(0, 15) == 2 && parts.int(0, 16) == 3)
        #expect(try parts.bytes(0, 17) == [255, 0, 0, 1, 1, 255])
        #expect(try parts.elements(0, 18) as [Int16] == [0, 0, 1, 0, 2, 1, 1, 0, 1, 1])
        #expect(try parts.texts(0, 19) == ["parts_reduced", "candidates_extended"])
        #expect(try parts.int(0, 20) == 1 && parts.int(0, 21) == 9)
        #expect(try parts.text(1, 0) == "pca")
        #expect(try parts.ints(1, 11) == [] && parts.reals(1, 12) == [] && parts.bools(1, 14) == [])
        #expect(try parts.bigints(1, 6) == [0])
        #expect(try parts.texts(1, 19) == ["no_foreground"])
        #expect(try isClean(connection))
    }

    /// Of a model with a sigmoid score; null of others, in the same batch and where a row is replaced.
    @Test func probabilitiesAreStoredWhereThereAreSome() throws {
        let (_, connection, id) = try setUp()
        let probabilities: [Float] = [0.875, 0.5, 0.25, 0, 1e-30]
        func row(_ image: Identifier, hasProbabilities: Bool, submission: Identifier? = nil) -> ImageRow {
            let plain = Fixture.findings(
                predicted: 3,
                parts: [Fixture.parts(.pca, vision: [1], language: [1], released: [2, 0], membership: [1, 0])])
            let top = zip(plain.top, probabilities).map { found, probability in
                ImageFindings.ClassSimilarity(
                    classIndex: found.classIndex, similarity: found.similarity,
                    probability: hasProbabilities ? probability : nil)
            }
            return Fixture.row(
                image, analysisID: id, findings: ImageFindings(top: top, partMethods: plain.partMethods),
                submission: submission, force: submission != nil)
        }
        let rows = [("softmax", false), ("sigmoid", true), ("later", true)].map { row($0, hasProbabilities: $1) }
        try BatchWriter(connection).write(WriteBatch(results: rows))
        func stored() throws -> [String: [Float]] {
            let rows = try connection.query(
                """
                SELECT image_id, top_probabilities, probability, top_probabilities IS NULL, probability IS NULL FROM entente.image_results
                JOIN entente.image_scores USING (analysis_id, image_id) ORDER BY image_id
                """)
            var found: [String: [Float]] = [:]
            for row in 0..<rows.count where try !rows.bool(row, 3) {
                found[try rows.text(row, 0)] = try rows.reals(row, 1)
                #expect(try rows.real(row, 2) == probabilities[0])
            }
            #expect(try (0..<rows.count).allSatisfy { try rows.bool($0, 3) == rows.bool($0, 4) })
            return found
        }
        #expect(try stored() == ["sigmoid": probabilities, "later": probabilities])

        let submission = try SubmissionStore(connection).create(analysisID: id, kind: .submit, force: true)
        let again = row("later", hasProbabilities: false, submission: submission.id)
        #expect(try BatchWriter(connection).write(WriteBatch(results: [again])).imagesWritten == 1)
        #expect(try stored() == ["sigmoid": probabilities])

        // As a worker of before writes over it: none that belong to something else.
        try connection.exec(
            "UPDATE entente.image_results SET top_similarities = '{0.5,0.4,0.3,0.2,0.1}' WHERE image_id = 'sigmoid'")
        #expect(try stored() == [:])
    }

    /// What dense methods are called goes through tables, roll-ups and views like any other name.
    @Test func partMethodsOfDenseMethodsKeepTheirNames() throws {
        let (_, connection, id) = try setUp()
        let plain = Fixture.parts(.kmeans, vision: [3, 1], language: [1], released: [6, 0, 0], membership: [2, 0, 0])
        let found = PartFindings(
            method: .kmeans, key: "kmeans@sc-clip+naclip", gridHeight: 2, gridWidth: 3, parts: plain.parts,
            boxes: plain.boxes,
            visionConcepts: plain.visionConcepts, languageConcepts: plain.languageConcepts, agreement: plain.agreement,
            flags: [])
        let row = Fixture.row("a", analysisID: id, findings: Fixture.findings(predicted: 0, parts: [found]))
        try BatchWriter(connection).write(WriteBatch(results: [row]))
        for view in ["analysis_summary", "mi_dynamics", "mutual_concept_ranking", "image_scores"] {
            let names = try connection.query("SELECT DISTINCT part_method FROM entente.\(view)")
            #expect(names.count == 1, "\(view)")
            #expect(try names.text(0, 0) == "kmeans@sc-clip+naclip", "\(view)")
        }
        #expect(try isClean(connection))
    }

    @Test func theFirstWriteWins() throws {
        let (_, connection, id) = try setUp()
        let writer = BatchWriter(connection)
        let first = Fixture.row("a", analysisID: id, worker: "first")
        let other = Fixture.findings(
            predicted: 5,
            parts: [Fixture.parts(.kmeans, vision: [9], language: [9], released: [1, 0], membership: [1, 0])])
        let second = Fixture.row("a", analysisID: id, findings: other, worker: "second")
        #expect(try writer.write(WriteBatch(results: [first])).imagesWritten == 1)
        #expect(try writer.write(WriteBatch(results: [second])).imagesWritten == 0)
        #expect(try writer.write(WriteBatch(results: [Fixture.row("b", analysisID: id), second])).imagesWritten == 1)
        let rows = try connection.query(
            """
            SELECT r.worker, p.vision_descriptors FROM entente.image_results r
            JOIN entente.part_results p USING (analysis_id, image_id) WHERE image_id = 'a'
            """)
        #expect(try rows.text(0, 0) == "first" && rows.ints(0, 1) == [3, 1])
        #expect(try isClean(connection))
    }

    @Test func aForcedRowReplacesAnOlderSubmissionOnce() throws {
        let (_, connection, id) = try setUp()
        let submissions = SubmissionStore(connection)
        let old = try submissions.create(analysisID: id, kind: .submit)
        let new = try submissions.create(analysisID: id, kind: .submit, force: true)
        let writer = BatchWriter(connection)
        func write(_ worker: String, _ submission: Identifier?, force: Bool) throws -> Int {
            let found = Fixture.findings(
                predicted: force ? 4 : 1,
                parts: [
                    Fixture.parts(
                        .kmeans, vision: [force ? 8 : 2], language: [8], released: [2, 0], membership: [1, 0])
                ])
            return try writer.write(
                WriteBatch(results: [
                    Fixture.row(
                        "a", analysisID: id, findings: found, submission: submission, force: force, worker: worker,
                        shard: force ? 3 : 1)
                ])
            ).imagesWritten
        }
        func worker() throws -> String { try connection.query("SELECT worker FROM entente.image_results").text(0, 0) }
        #expect(try write("one", old.id, force: false) == 1)
        #expect(try write("two", nil, force: true) == 0)
        #expect(try write("three", old.id, force: true) == 0)
        #expect(try write("four", new.id, force: true) == 1)
        #expect(try write("five", new.id, force: true) == 0)
        #expect(try write("six", old.id, force: true) == 0)
        #expect(try worker() == "four")
        let parts = try connection.query(
            "SELECT vision_descriptors, predicted_index, shard::int FROM entente.part_results")
        #expect(try parts.count == 1 && parts.ints(0, 0) == [8] && parts.int(0, 1) == 4 && parts.int(0, 2) == 3)
        #expect(try isClean(connection))
    }

    @Test func oneBatchMayHoldAnImageSeveralTimes() throws {
        let (_, connection, id) = try setUp()
        let new = try SubmissionStore(connection).create(analysisID: id, kind: .submit, force: true)
        let batch = WriteBatch(
            results: [
                Fixture.row("a", analysisID: id, worker: "one"), Fixture.row("a", analysisID: id, worker: "two"),
                Fixture.row("a", analysisID: id, submission: new.id, force: true, worker: "three"),
                Fixture.row("b", analysisID: id, submission: new.id, force: true, worker: "four"),
                Fixture.row("b", analysisID: id, worker: "five"),
            ],
            failures: [Fixture.failure("f", analysisID: id), Fixture.failure("f", analysisID: id)],
            deadLetters: [1, 1].map {
                DeadLetter(source: .init(topic: "jobs", partition: 1, offset: $0), key: nil, value: [1], reason: "r")
            })
        let outcome = try BatchWriter(connection).write(batch)
        #expect(outcome == .init(imagesWritten: 3, failuresWritten: 1, wasCommittedBefore: false))
        let rows = try connection.query("SELECT worker FROM entente.image_results ORDER BY image_id")
        #expect(try rows.text(0, 0) == "three" && rows.text(1, 0) == "four")
        #expect(try connection.query("SELECT count(*) FROM entente.dead_letters").bigint(0, 0) == 1)
        #expect(try isClean(connection))
    }

    @Test func moreRowsThanAStatementTakes() throws {
        let (_, connection, id) = try setUp()
        var rng = Seeded(7)
        let rows = (0..<600).map { Fixture.randomRow("image \($0)", analysisID: id, &rng) }
        #expect(try BatchWriter(connection).write(WriteBatch(results: rows)).imagesWritten == 600)
        #expect(try isClean(connection))
    }

    @Test func anEmptyBatchIsNothing() throws {
        let (_, connection, _) = try setUp()
        #expect(try BatchWriter(connection).write(WriteBatch()).imagesWritten == 0)
    }

    @Test func recordErrorsAreFoundAndTheOthersLand() throws {
        let (_, connection, id) = try setUp()
        let writer = BatchWriter(connection)
        var rows = (0..<9).map { Fixture.row("image \($0)", analysisID: id) }
        rows[2].image.uri = "file:///a\0b"
        rows[5].analysisID = "ffffffffffffffffffffffffffffffff"
        rows[6].labelIndex = -3
        rows[8].image.id = Identifier(String(repeating: "x", count: 5000))
        let batch = WriteBatch(results: rows)
        let error = #expect(throws: PersistenceError.self) { try writer.write(batch) }
        #expect(error?.isRecordLevel == true)
        #expect(try connection.query("SELECT count(*) FROM entente.image_results").bigint(0, 0) == 0)
        let refused = try writer.refused(in: batch)
        #expect(refused.map(\.row) == [2, 5, 6, 8])
        #expect(refused.first?.error.description.contains("image 2: its uri holds the character U+0000") == true)
        let bad = Set(refused.map(\.row))
        let rest = WriteBatch(
            results: rows.indices.filter { !bad.contains($0) }.map { rows[$0] },
            failures: refused.map {
                FailedImage(
                    source: nil, analysisID: rows[$0.row].analysisID, image: rows[$0.row].image, kind: "unstorable",
                    message: $0.error.description, worker: "w", shard: 0)
            })
        let outcome = try writer.write(rest)
        #expect(outcome.imagesWritten == 5 && outcome.failuresWritten == 4)
        #expect(
            try SubmissionStore(connection).progress(analysisID: id)
                == .init(expected: 8, done: 5, failed: 3, pending: 0))
        #expect(try isClean(connection))
    }

    @Test func dataURIsAreKeptOnlyWhenAsked() throws {
        let (_, connection, id) = try setUp()
        for (keep, image) in [(false, "a"), (true, "b")] as [(Bool, Identifier)] {
            var row = Fixture.row(image, analysisID: id)
            row.image.uri = "data:image/png;base64,AAAA"
            try BatchWriter(connection, keepData: keep).write(WriteBatch(results: [row]))
        }
        let rows = try connection.query("SELECT uri FROM entente.images ORDER BY image_id")
        #expect(try rows.text(0, 0) == "data:" && rows.text(1, 0) == "data:image/png;base64,AAAA")
    }

    /// Every writer touches every class, half of them the same images and shards: no deadlock, nothing twice.
    @Test func concurrentWritersNeitherDeadlockNorCountTwice() throws {
        let (database, connection, id) = try setUp()
        let written = try concurrently(8) { writer in
            let batches = try BatchWriter(database.connect("writer \(writer)"))
            var rng = Seeded(UInt64(writer))
            var written = 0
            for batch in 0..<12 {
                func some() -> Identifier { "image \(Int.random(in: 0..<300, using: &rng))" }
                let rows = (0..<20).map { _ in Fixture.randomRow(some(), analysisID: id, &rng, shard: writer / 2) }
                let failed = Fixture.failure(
                    some(), analysisID: id, offset: Int64(writer * 100 + batch), shard: writer / 2)
                while true {
                    do {
                        written += try batches.write(WriteBatch(results: rows, failures: [failed])).imagesWritten
                        break
                    } catch let error as PersistenceError where error.sqlState == "40P01" {
                        // The same image at the same time under two shards may still meet crosswise.
                        continue
                    }
                }
            }
            return written
        }.reduce(0, +)
        let done = try connection.query("SELECT count(*) FROM entente.image_results").bigint(0, 0)
        #expect(Int64(written) == done && done > 200)
        #expect(try Verifier(connection).differences() == [])
        let progress = try SubmissionStore(connection).progress(analysisID: id)
        #expect(progress.expected == progress.done + progress.failed && progress.pending == 0)
    }
}
