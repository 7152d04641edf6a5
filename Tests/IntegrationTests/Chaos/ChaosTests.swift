import Foundation
import Persistence
import Testbed
import Testing

/// Workers, database and broker are killed, stopped, cut off and slowed down, again and again, and in the end the tables
/// say exactly what they say when nothing happens. `scripts/chaos` runs it for longer.
@Suite(.startsWorkers) struct ChaosTests {
    @Test func disturbedWorkersCountEverythingOnce() async throws {
        try await onOwnThread {
            var settings = try ChaosSettings()
            // Of librdkafka 2.0.2: its broker ends itself at a member that joins while its last join is unanswered. That says
            // nothing of the workers, and takes their log along, so the rest of the time goes to a new one.
            for _ in 0..<Self.mostBrokers {
                guard let rest = try Self.run(settings) else { return }
                settings = rest
            }
            Issue.record("\(Self.mostBrokers) brokers ended themselves")
        }
    }

    /// One in two minutes of half an hour.
    private static let mostBrokers = 15

    /// - Returns: what is left to do, because the broker ended itself.
    private static func run(_ settings: ChaosSettings) throws -> ChaosSettings? {
        let run = try ChaosRun(settings)
        defer { run.end() }
        let watch = RollupWatch(uri: run.site.uri)
        do {
            try run.disturb()
            try run.finish()
        } catch {
            let seen = watch.end()
            // Whatever failed first, failed for that.
            do { try run.site.checkBroker() } catch let abort as Site.BrokerAborted {
                run.log.note("the broker ended itself, and a new one takes its place: \(abort)")
                try expectNothingWrong(run, seen.differences)
                return settings.rest(after: run.log.seconds)
            }
            throw error
        }
        let seen = watch.end()
        run.log.note("\(seen.looks) looks at the roll-ups")
        run.log.note("\(run.busy) of \(run.disturbances) disturbances met work")
        #expect(seen.differences == [], "roll-ups that did not equal the rows at some moment")
        #expect(seen.looks >= 40)
        #expect(run.busy * 2 >= run.disturbances, "the workers were idle too often; send more jobs")
        #expect(run.posts.surprises == [])
        try run.site.expectRollupsTrue()
        try expectNothingDropped(run)
        try expectFailures(run)
        let truth = try DatabaseTruth(run.site.connect())
        let differences = try truth.differences(from: run.undisturbed())
        #expect(differences.prefix(20) == [], "\(differences.count) of \(truth.rows.count) rows differ")
        return nil
    }

    /// What has to hold even of a run whose log is gone before all of it was done.
    private static func expectNothingWrong(_ run: ChaosRun, _ seen: [String]) throws {
        #expect(seen == [], "roll-ups that did not equal the rows at some moment")
        #expect(run.posts.surprises == [])
        try run.awaitDatabase()
        try run.site.expectRollupsTrue()
        let connection = try run.site.connect()
        let failed = try connection.strings("SELECT image_id FROM entente.failed_images WHERE image_id <> ''")
        // Twice, perhaps, if the broker took its message twice, which it can't be asked any more.
        #expect(failed.count - Set(failed).count < run.jobs.messages.count / 4)
        #expect(Set(failed).isSubset(of: run.jobs.messages.flatMap(\.bad)))
        let done = try connection.strings("SELECT image_id FROM entente.image_results")
        #expect(Set(done).isSubset(of: run.jobs.messages.flatMap(\.good)))
        run.log.note("\(done.count) results and \(failed.count) failures hold so far")
    }

    /// The broker forgets the oldest records of a partition that grows too large, and says nothing.
    private static func expectNothingDropped(_ run: ChaosRun) throws {
        let logs = try run.site.watermarks()
        #expect(logs.map(\.lowerBound) == Array(repeating: 0, count: ChaosRun.partitions))
        #expect(logs.allSatisfy { $0.upperBound > 0 })
        #expect(try run.copies() < run.jobs.messages.count / 4)
        #expect(try run.site.watermarks(of: Site.topic + ".dead-letters").map(\.lowerBound) == [0])
    }

    /// Every image that can't succeed failed once, every other has its result, and every message that left something
    /// undone is on the dead-letter topic.
    private static func expectFailures(_ run: ChaosRun) throws {
        let connection = try run.site.connect()
        let messages = run.jobs.messages
        let failed = try connection.strings(
            "SELECT image_id FROM entente.failed_images WHERE image_id <> '' ORDER BY image_id")
        // A message that the broker took twice failed twice, and so did its images.
        let (expected, copies) = (messages.flatMap(\.bad).sorted(), try run.copies())
        #expect(Set(failed) == Set(expected))
        // A job has one such image at most.
        #expect(failed.count <= expected.count + copies, "\(failed.count) of \(expected.count), \(copies) copies")
        let bad = try connection.number("SELECT count(*) FROM entente.failed_images WHERE image_id = ''")
        let drawn = messages.count { $0.isBad }
        #expect(drawn...drawn + copies ~= bad, "\(bad) of \(drawn)")
        let done = try connection.strings("SELECT image_id FROM entente.image_results ORDER BY image_id")
        #expect(done == Set(messages.flatMap(\.good)).sorted())
        let letters = Set(
            try DeadLetterTopic.read(bootstrapServers: run.site.bootstrapServers).map { $0.value ?? [] })
        #expect(letters == Set(messages.filter(\.isDeadLetter).map(\.value)))
    }
}
