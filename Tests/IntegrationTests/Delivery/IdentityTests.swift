import Foundation
import Persistence
import Testbed
import Testing

/// What a name stands for, from the listing to the rows.
@Suite(.startsWorkers) struct IdentityTests {
    private static let pictures = DrawnWorld.ids(perClass: 2, classes: 3)
    private static let classes = Array(DrawnWorld.classes.prefix(3))

    private static func manifest(_ lines: [(id: String, picture: String, label: String)], _ site: Site) throws -> String
    {
        let text = lines.map {
            #"{"id": "\#($0.id)", "path": "\#(site.root)/\#($0.picture)", "label": "\#($0.label)"}"#
        }
        return try site.scratch.write(
            text.joined(separator: "\n"), to: "list-\(UUID().uuidString.prefix(8)).jsonl")
    }

    private static func submit(_ manifest: String, _ site: Site, _ arguments: [String] = []) throws -> ProgramEnd {
        try site.entente(["submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest, "--json"] + arguments)
    }

    private static func work(_ site: Site) throws {
        #expect(try site.worker(["--until-idle", "1"]).wait(within: 120).status == 0)
        try site.expectRollupsTrue()
    }

    private static let facts = """
        SELECT concat_ws(' ', i.image_id, regexp_replace(i.uri, '.*/', ''), i.label, i.state, r.label_index)
        FROM entente.images AS i LEFT JOIN entente.image_results AS r USING (analysis_id, image_id) ORDER BY i.image_id
        """

    /// Marks of composed letters, and letters with marks: as many pictures as names.
    @Test func namesThatLookAlikeAreTwoPictures() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            _ = try DrawnWorld.copy(Self.pictures, to: site.scratch)
            let names = ["\u{E5}ngstr\u{F6}m", "a\u{30A}ngstro\u{308}m", "\u{C5}", "\u{212B}", "A\u{30A}"]
            let manifest = try Self.manifest(
                names.enumerated().map { ($1, Self.pictures[$0], Self.classes[$0 / 2]) }, site)
            #expect(try Self.submit(manifest, site, ["--images-per-job", "2"]).status == 0)
            try Self.work(site)
            #expect(try site.status("demo") == Standing(expected: 5, done: 5, failed: 0, pending: 0))
            let found = try site.connect().strings("SELECT DISTINCT image_id FROM entente.image_results")
            #expect(Set(found.map { Array($0.utf8) }) == Set(names.map { Array($0.utf8) }))
        }
    }

    @Test func submitRefusesAnotherLabelUntilItIsForced() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            _ = try DrawnWorld.copy(Self.pictures, to: site.scratch)
            let names = (0..<7).map { "n\($0)" }
            let first = try Self.manifest(names.map { ($0, Self.pictures[0], Self.classes[0]) }, site)
            #expect(try Self.submit(first, site).status == 0)
            let second = try Self.manifest(
                names.map { ($0, Self.pictures[2], Self.classes[1]) } + [("new", Self.pictures[2], Self.classes[1])],
                site)
            let connection = try site.connect()
            // Before the results are in, and after.
            for state in ["pending", "done"] {
                let refused = try Self.submit(second, site)
                #expect(refused.status == 65 && refused.output.isEmpty, "\(refused)")
                for word in ["“n0”", "“n4”", Self.classes[0], Self.classes[1], "2 more", "--force"] {
                    #expect(refused.errors.contains(word), "\(word): \(refused)")
                }
                #expect(
                    !refused.errors.contains("“n5”") && refused.errors.split(separator: "\n").count == 1, "\(refused)")
                #expect(
                    try connection.strings("SELECT DISTINCT state || count(*) OVER () FROM entente.images") == [
                        "\(state)7"
                    ])
                #expect(try connection.number("SELECT count(*) FROM entente.submissions") == 1)
                try Self.work(site)
            }
            #expect(try Self.submit(second, site, ["--force"]).status == 0)
            try Self.work(site)
            let picture = Self.pictures[2].split(separator: "/").last ?? ""
            let expected = (names + ["new"]).sorted().map { "\($0) \(picture) \(Self.classes[1]) done 1" }
            #expect(try connection.strings(Self.facts) == expected)
            #expect(try site.status("demo") == Standing(expected: 8, done: 8, failed: 0, pending: 0))
        }
    }

    /// Another producer's jobs, which nobody looks at before they are sent.
    @Test func aWorkerKeepsWhatStands() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            _ = try DrawnWorld.copy(Self.pictures, to: site.scratch)
            let analysis = try site.register(DrawnWorld.analysis).id
            func produce(_ images: [(id: String, picture: String, label: String)], _ more: String = "") throws {
                let entries = images.map {
                    #"{"id": "\#($0.id)", "uri": "file://\#(site.root)/\#($0.picture)", "label": "\#($0.label)"}"#
                }
                try site.produce(
                    #"{"schema": "entente.image-job/v1", "analysis": "\#(analysis)"\#(more), "images": [\#(entries.joined(separator: ","))]}"#,
                    key: "k")
            }
            let (one, other) = (Self.pictures[0], Self.pictures[2])
            let (label, another) = (Self.classes[0], Self.classes[1])
            try produce([("a", one, label), ("b", one, label), ("c", one, label)])
            // In flight at the same time: nothing stands yet.
            try produce([("a", one, another), ("d", one, label)])
            try Self.work(site)
            // And with the results in: another label, another picture, which nobody looks at, another URI.
            try produce([("b", one, another), ("c", other, label), ("e", one, label)])
            try Self.work(site)
            let name = one.split(separator: "/").last ?? ""
            let connection = try site.connect()
            #expect(
                try connection.strings(Self.facts) == ["a", "b", "c", "d", "e"].map { "\($0) \(name) \(label) done 0" })
            #expect(
                try connection.strings("SELECT image_id || ' ' || kind FROM entente.failed_images ORDER BY 1") == [
                    "a image_conflict", "b image_conflict",
                ])
            #expect(
                try connection.strings("SELECT image_id FROM entente.images WHERE other_uri LIKE '%\(other)'") == ["c"])
            #expect(try site.status(analysis) == Standing(expected: 5, done: 5, failed: 0, pending: 0))
            #expect(try connection.number("SELECT count(*) FROM entente.dead_letters") == 2)

            // What a job forces, it replaces: row, label and URI.
            try produce([("b", other, another)], #", "submission": "mine", "force": true"#)
            try Self.work(site)
            let moved = other.split(separator: "/").last ?? ""
            #expect(try connection.strings(Self.facts)[1] == "b \(moved) \(another) done 1")
        }
    }
}
