import Testbed
import Testing

@testable import Persistence

@Suite struct ResultLookupTests {
    /// What stands is just what a write would leave as it is.
    @Test func itAgreesWithTheWriter() throws {
        let database = try TestDatabase()
        let connection = try database.connect()
        let id = try Fixture.register(on: connection)
        let writer = BatchWriter(connection)
        try writer.write(
            WriteBatch(results: [
                Fixture.row("by nobody", analysisID: id), Fixture.row("by old", analysisID: id, submission: "old"),
            ]))
        var grouped = Fixture.row("by young", analysisID: id, submission: "young")
        grouped.groupDigest = "d"
        try writer.write(WriteBatch(results: [grouped]))
        let images = ["by nobody", "by old", "by young", "new"]
        let lookup = ResultLookup(connection)
        for (force, submission) in [
            (false, nil), (false, "young"), (true, nil), (true, "old"), (true, "young"), (true, "unheard of"),
        ] as [(Bool, String?)] {
            let standing = try lookup.standing(images, analysisID: id, force: force, submissionID: submission)
            for image in images {
                let database = try connection.query("SELECT count(*) FROM entente.image_results").bigint(0, 0)
                let stands = try !wouldWrite(image, id, force: force, submission: submission, connection)
                #expect((standing[image] != nil) == stands, "\(image), force \(force), \(submission ?? "none")")
                #expect(try connection.query("SELECT count(*) FROM entente.image_results").bigint(0, 0) == database)
            }
            if let digest = standing["by young"] { #expect(digest == "d") }
        }
    }

    /// Writes the row in a transaction that is taken back.
    private func wouldWrite(
        _ image: String, _ id: String, force: Bool, submission: String?, _ connection: Connection
    ) throws -> Bool {
        let row = Fixture.row(image, analysisID: id, submission: submission, force: force, worker: "probe")
        let plan = try BatchPlan(WriteBatch(results: [row]), keepData: false, knownSubmissions: [])
        let answers = try connection.pipelinedTransaction(plan.calls, commit: false)
        return try plan.outcome(answers).imagesWritten == 1
    }
}
