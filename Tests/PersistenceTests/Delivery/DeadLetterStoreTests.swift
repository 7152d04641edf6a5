import Inference
import Testbed
import Testing

@testable import Persistence

@Suite struct DeadLetterStoreTests {
    @Test func lettersComeBackAsTheyWent() throws {
        let connection = try TestDatabase().connect()
        let id = try Fixture.register(on: connection)
        let tombstone = DeadLetter(
            source: .init(topic: "jobs", partition: 1, offset: 7), timestamp: 1_700_000_000_000, key: [], value: nil,
            headers: [.init(name: [0xff, 0], value: nil), .init(name: Array("n".utf8), value: [0, 1])],
            reason: "a tombstone")
        let plain = DeadLetter(
            source: .init(topic: "jobs", partition: 1, offset: 8), key: nil, value: [0, 255], reason: "r\0s")
        try BatchWriter(connection).write(
            WriteBatch(
                failures: [
                    Fixture.failure("x", analysisID: id, offset: 8), Fixture.failure("y", analysisID: id, offset: 8),
                    Fixture.failure(nil, analysisID: nil, offset: 7, kind: "tombstone"),
                ],
                deadLetters: [plain, tombstone]))
        let store = DeadLetterStore(connection)
        let waiting = try store.unpublished(limit: 10)
        #expect(waiting.map(\.letter.id) == ["jobs/1/7", "jobs/1/8"])
        #expect(waiting[0].letter == tombstone)
        #expect(
            waiting[0].failures == [
                .init(analysisID: "", imageID: "", kind: "tombstone", message: "It is damaged.", attempts: 2)
            ])
        #expect(waiting[1].letter.value == [0, 255] && waiting[1].letter.key == nil && waiting[1].letter.headers == [])
        #expect(waiting[1].letter.reason == "r\u{FFFD}s")
        #expect(waiting[1].failures.map(\.imageID) == ["x", "y"])

        try store.markPublished(["jobs/1/7"])
        #expect(try store.unpublished(limit: 10).map(\.letter.id) == ["jobs/1/8"])
        #expect(try store.show("jobs/1/7")?.isPublished == true)
        #expect(try store.show("jobs/9/9") == nil)
        #expect(try store.list().count == 2)
        #expect(try store.list(analysisID: id).map(\.letter.id) == ["jobs/1/8"])
    }

    private func letter(_ offset: Int64, group: Identifier = "entente") -> DeadLetter {
        DeadLetter(
            source: .init(topic: "jobs", partition: 1, offset: offset, group: group), key: nil, value: nil, reason: "r")
    }

    /// In a topic made anew another message has the place of an earlier one; the same one again is no news.
    @Test func anotherMessageAtTheSamePlaceIsNotLost() throws {
        let connection = try TestDatabase().connect()
        let store = DeadLetterStore(connection)
        func write(_ value: [UInt8], at time: Int64, _ kind: String) throws {
            try BatchWriter(connection).write(
                WriteBatch(
                    failures: [Fixture.failure(nil, analysisID: nil, offset: 7, kind: kind)],
                    deadLetters: [
                        DeadLetter(
                            source: .init(topic: "jobs", partition: 1, offset: 7), timestamp: time, key: nil,
                            value: value,
                            reason: kind)
                    ]))
        }
        func kinds() throws -> [String] {
            let rows = try connection.query("SELECT kind FROM entente.failed_images")
            return try (0..<rows.count).map { try rows.text($0, 0) }
        }
        try write([1], at: 10, "bad_json")
        try store.markPublished(["jobs/1/7"])
        try write([1], at: 10, "bad_json")
        #expect(try store.unpublished(limit: 10).isEmpty)
        try write([2], at: 11, "tombstone")
        let waiting = try store.unpublished(limit: 10)
        #expect(waiting.map(\.letter.value) == [[2]])
        #expect(waiting.map(\.letter.reason) == ["tombstone"])
        #expect(try kinds() == ["tombstone"])
    }

    /// What fails in one group says nothing of another that reads the same topic.
    @Test func groupsHaveLettersAndFailuresOfTheirOwn() throws {
        let connection = try TestDatabase().connect()
        let id = try Fixture.register(on: connection)
        let groups: [Identifier] = ["entente", "others", "o\u{308}thers", "\u{F6}thers"]
        for (number, group) in groups.enumerated() {
            var failure = Fixture.failure(Identifier("\(number)"), analysisID: id, offset: 4)
            failure.source = letter(4, group: group).source
            var shared = failure
            shared.image?.id = "shared"
            let batch = WriteBatch(failures: [failure, shared], deadLetters: [letter(4, group: group)])
            for _ in 0..<2 { try BatchWriter(connection).write(batch) }
        }
        let store = DeadLetterStore(connection)
        #expect(try store.list().count == 4)
        for (number, id) in ["jobs/1/4", "jobs/1/4/others", "jobs/1/4/o\u{308}thers", "jobs/1/4/\u{F6}thers"]
            .enumerated()
        {
            let found = try #require(try store.show(id))
            #expect(found.letter.source.group == groups[number])
            #expect(found.failures.map(\.imageID) == [Identifier("\(number)"), "shared"])
        }
        #expect(
            try connection.query("SELECT count(*) FROM entente.failures WHERE dead_letter_id IS NOT NULL").bigint(0, 0)
                == 8)
        #expect(
            try SubmissionStore(connection).progress(analysisID: id)
                == .init(expected: 5, done: 0, failed: 5, pending: 0))
    }

    @Test func theBacklogIsWhatMayStillBePublished() throws {
        let connection = try TestDatabase().connect()
        let store = DeadLetterStore(connection)
        #expect(try store.backlog() == (0, 0))
        try BatchWriter(connection).write(WriteBatch(deadLetters: (0..<5).map { letter($0) }))
        try connection.exec(
            "UPDATE entente.dead_letters SET written_at = now() - interval '100 s' WHERE message_offset = 1")
        #expect(try store.backlog().count == 5 && store.backlog().age >= 100)
        try store.markPublished(["jobs/1/1"])
        try store.withhold("jobs/1/2", because: "too large\0")
        #expect(try store.backlog().count == 3 && store.backlog().age < 100)
        #expect(try store.unpublished(limit: 10, besides: ["jobs/1/3"]).map(\.letter.id) == ["jobs/1/0", "jobs/1/4"])
        #expect(try store.show("jobs/1/2")?.withheld == "too large\u{FFFD}")
        #expect(try store.show("jobs/1/\0") == nil)
    }

    @Test func oneSessionHoldsTheOutbox() throws {
        let database = try TestDatabase()
        var first: Connection? = try database.connect()
        let second = DeadLetterStore(try database.connect("another"))
        #expect(try first.map { try DeadLetterStore($0).takeOutbox() } == true)
        #expect(try !second.takeOutbox())
        first = nil
        try eventually("the first session has ended") { try second.takeOutbox() }
    }

    @Test func failuresCanAlwaysBeStored() throws {
        let connection = try TestDatabase().connect()
        let id = try Fixture.register(on: connection)
        let long = String(repeating: "é", count: 3000)
        let failures = [
            Fixture.failure("a\0b", analysisID: id, kind: "k\0"), Fixture.failure(Identifier(long), analysisID: id),
            Fixture.failure(Identifier(long + "x"), analysisID: id), Fixture.failure("z", analysisID: long, offset: 1),
        ]
        #expect(try BatchWriter(connection).write(WriteBatch(failures: failures)).failuresWritten == 4)
        #expect(try BatchWriter(connection).write(WriteBatch(failures: failures)).failuresWritten == 0)
        #expect(
            try SubmissionStore(connection).progress(analysisID: id)
                == .init(expected: 3, done: 0, failed: 3, pending: 0))
    }
}
