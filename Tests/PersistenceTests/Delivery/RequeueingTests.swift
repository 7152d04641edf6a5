import Testbed
import Testing

@testable import Persistence

@Suite struct RequeueingTests {
    @Test func lettersAreTakenOnceAndImagesWhileTheyHaveNoResult() throws {
        let connection = try TestDatabase().connect()
        let id = try Fixture.register(on: connection)
        let other = try Fixture.register("b", on: connection)
        let writer = BatchWriter(connection)
        try writer.write(
            WriteBatch(
                failures: [
                    Fixture.failure("x", analysisID: id, offset: 1), Fixture.failure("y", analysisID: id, offset: 1),
                    Fixture.failure("x", analysisID: other, offset: 2),
                    Fixture.failure(nil, analysisID: nil, offset: 3),
                ],
                deadLetters: (1...3).map {
                    DeadLetter(source: .init(topic: "jobs", partition: 1, offset: $0), key: nil, value: [], reason: "r")
                }))
        let store = DeadLetterStore(connection)
        func never(_ analysis: String? = nil, after: String? = nil, limit: Int = 10) throws -> [String] {
            try store.neverRequeued(analysisID: analysis, after: after, limit: limit).map(\.letter.id)
        }
        #expect(try never() == ["jobs/1/1", "jobs/1/2", "jobs/1/3"])
        #expect(try never(limit: 2) == ["jobs/1/1", "jobs/1/2"] && never(after: "jobs/1/2") == ["jobs/1/3"])
        #expect(try never(id) == ["jobs/1/1"])

        // A result of the other analysis is none of this one.
        let letter = try #require(try store.show("jobs/1/1"))
        try writer.write(WriteBatch(results: [Fixture.row("y", analysisID: other)]))
        #expect(try store.unresolved(letter) == ["x", "y"])
        try writer.write(WriteBatch(results: [Fixture.row("y", analysisID: id)]))
        #expect(try store.unresolved(letter) == ["x"])

        #expect(letter.requeuedAt == nil && letter.requeueCount == 0)
        try store.markRequeued(["jobs/1/1"])
        try store.markRequeued(["jobs/1/1"])
        let again = try #require(try store.show("jobs/1/1"))
        #expect(again.requeueCount == 2 && again.requeuedAt?.hasSuffix("Z") == true)
        #expect(try never() == ["jobs/1/2", "jobs/1/3"])
    }
}
