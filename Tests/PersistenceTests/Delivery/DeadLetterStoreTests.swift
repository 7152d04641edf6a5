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
