import Foundation
import Logging
import Persistence
import Testbed
import Testing

@testable import Kafka

/// Whatever comes over the topic, each thing that can't succeed is kept once with its reason, everything else lands,
/// and the worker goes on.
@Suite(.startsWorkers) struct BadInputTests {
    @Test func badInputLosesNothing() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let input = try BadInput(site)
            try input.produce()
            let connection = try site.connect()

            let end = try site.work()
            try Self.expectFailures(input, connection)
            try Self.expectResults(input, site, connection)
            for secret in ["hush", "level=error", "level=critical"] {
                #expect(!end.errors.contains(secret), "\(end)")
            }
            try site.expectRollupsTrue()

            // Every message once more, as after a crash before the commit: nothing changes, nothing is counted again.
            let before = try StoredRows(connection, whole: true)
            try connection.exec("UPDATE entente.job_offsets SET next_offset = 0")
            try site.work()
            #expect(try StoredRows(connection, whole: true).differences(from: before) == [])
            try Self.expectFailures(input, connection)
            try Self.expectResults(input, site, connection)
            try Self.expectDeadLetters(input, site)
            try Self.expectKafkaCommits(input, site)
            try site.expectRollupsTrue()

            try Self.expectVerifySeesADifference(site, connection)
        }
    }

    private static func expectFailures(_ input: BadInput, _ connection: Connection) throws {
        let rows = try connection.query("SELECT image_id, kind, message FROM entente.failed_images")
        #expect(rows.count == input.bad.count + input.messages.count { $0.kind != nil })
        var jobKinds: [String] = []
        var failures: [String: [(kind: String, message: String)]] = [:]
        for row in 0..<rows.count {
            let (id, kind, message) = try (rows.text(row, 0), rows.text(row, 1), rows.text(row, 2))
            if id.isEmpty { jobKinds.append(kind) } else { failures[id, default: []].append((kind, message)) }
            #expect(!message.contains("hush"))
        }
        #expect(jobKinds.sorted() == input.messages.compactMap(\.kind?.rawValue).sorted())
        #expect(failures.count == input.bad.count)
        for bad in input.bad {
            let found = failures[bad.id] ?? []
            #expect(found.map(\.kind) == [bad.kind.rawValue], "\(bad.id)")
            #expect(found.allSatisfy { $0.message.contains(bad.named) }, "\(bad.id): \(found)")
        }
    }

    private static func expectResults(_ input: BadInput, _ site: Site, _ connection: Connection) throws {
        let results = try connection.strings("SELECT image_id FROM entente.image_results ORDER BY image_id")
        #expect(results == (input.submittedIDs + input.goodIDs).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(try connection.number("SELECT count(*) FROM entente.part_results") == 2 * results.count)
        let standing = try site.status(input.submitted.analysis)
        #expect(
            standing
                == Standing(
                    expected: results.count + input.bad.count, done: results.count, failed: input.bad.count,
                    pending: 0))
        #expect(try site.offsetsStored() == input.messageCount)
        // What came inline is not kept unless that is asked for.
        #expect(try connection.strings("SELECT uri FROM entente.images WHERE image_id = 'good, inline'") == ["data:"])
        // Labels by id and by name are one class; no label is none.
        let labelled = try connection.query(
            "SELECT image_id, label_index FROM entente.image_results WHERE image_id LIKE 'good%' ORDER BY image_id")
        #expect(
            try (0..<labelled.count).map { try labelled.optionalInt($0, 1) } == [0, 0, 0, nil],
            "alone, inline, label by name, unlabelled")
    }

    private static func expectDeadLetters(_ input: BadInput, _ site: Site) throws {
        let letters = try DeadLetterTopic.read(bootstrapServers: site.bootstrapServers)
        #expect(letters.count == input.deadLetters)
        #expect(Set(letters.compactMap { $0.text("entente.dead-letter.id") }).count == letters.count)
        for letter in letters {
            let source = ["topic", "partition", "offset"].map { letter.text("entente.dead-letter.\($0)") ?? "?" }
            #expect(source[0] == Site.topic)
            #expect(letter.text("entente.dead-letter.id") == source.joined(separator: "/"))
            #expect(letter.text("entente.dead-letter.reason")?.isEmpty == false)
            for header in letter.headers where header.name.hasPrefix("entente.dead-letter.") {
                #expect(!String(decoding: header.value ?? [], as: UTF8.self).contains("hush"))
            }
        }
        for message in input.messages where message.kind != nil || message.key == "mixed" || message.key == "bad only" {
            let found = letters.filter {
                $0.key == message.key.map { Array($0.utf8) } && $0.value == message.value
            }
            #expect(found.count == 1, "\(message.key ?? "no key")")
            guard let letter = found.first else { continue }
            #expect(Array(letter.headers.prefix(message.headers.count)) == message.headers)
            let failures = try letter.failures()
            if let kind = message.kind {
                #expect(failures.map(\.kind) == [kind.rawValue])
                #expect(failures.map(\.image) == [""])
            } else {
                let ids = Set(failures.map(\.image))
                let expected = message.key == "mixed" ? input.bad.dropLast(3) : input.bad.suffix(3)
                #expect(ids == Set(expected.map(\.id)))
                #expect(failures.count == ids.count)
            }
        }
    }

    /// The advisory copy in Kafka ends where the database does.
    private static func expectKafkaCommits(_ input: BadInput, _ site: Site) throws {
        let consumer = try KafkaConsumer(
            KafkaClientConfiguration(bootstrapServers: site.bootstrapServers), group: "entente",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        defer { consumer.close(within: .seconds(5)) }
        let partitions = (0..<2).map { TopicPartition(topic: Site.topic, partition: $0) }
        let committed = try consumer.committedOffsets(of: partitions, within: .seconds(10))
        #expect(committed.values.reduce(0, +) == Int64(input.messageCount))
    }

    private static func expectVerifySeesADifference(_ site: Site, _ connection: Connection) throws {
        try connection.exec(
            """
            UPDATE entente.image_rollups SET hits_at_5 = hits_at_5 + 1
            WHERE ctid = (SELECT min(ctid) FROM entente.image_rollups)
            """)
        let machine = try site.entente(["verify", "--json"])
        #expect(machine.status == 65, "\(machine)")
        struct Output: Decodable { let differences: [RollupDifference] }
        let found = try JSONDecoder().decode(Output.self, from: Data(machine.output.utf8)).differences
        #expect(found.map(\.quantity) == ["hits_at_5"])
        #expect(found.allSatisfy { Int($0.stored) == Int($0.recomputed).map { $0 + 1 } })
        let person = try site.entente(["verify"])
        #expect(person.status == 65, "\(person)")
        #expect(person.output.contains("hits_at_5"))
    }
}

extension KafkaRecord {
    /// A header's value, if the name occurs once.
    fileprivate func text(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.count == 1 ? values[0].map { String(decoding: $0, as: UTF8.self) } : nil
    }

    fileprivate struct Failure: Decodable { let image, kind, message: String }

    fileprivate func failures() throws -> [Failure] {
        try JSONDecoder().decode([Failure].self, from: Data((text("entente.dead-letter.failures") ?? "").utf8))
    }
}
