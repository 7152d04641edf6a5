import Foundation
import Persistence
import Testbed
import Testing

/// An operator replays an analysis after a model update: nothing is skipped, nothing is mixed, everything is counted.
@Suite(.startsWorkers) struct ReplayTests {
    private struct Replayed: Decodable {
        let analysis: String
        let submission: String?
        let jobs, images, left_out: Int
    }

    private static func replay(_ site: Site, _ arguments: [String]) throws -> Replayed {
        let end = try site.entente(["replay", "--json"] + arguments)
        try #require(end.status == 0, "\(end)")
        return try JSONDecoder().decode(Replayed.self, from: Data(end.output.utf8))
    }

    /// Five pictures, one that is gone, one that is no picture, one inline that is kept and one that is not.
    private static func submit(_ site: Site) throws -> Site.Submitted {
        let ids = DrawnWorld.ids(perClass: 1, classes: 5)
        _ = try DrawnWorld.copy(ids, to: site.scratch)
        try site.scratch.write("no picture", to: "pictures/broken.jpg")
        let label = DrawnWorld.classes[0]
        let inline = "data:image/jpeg;base64," + Data(try DrawnWorld.bytes(ids[0])).base64EncodedString()
        let rest =
            "\(site.root)/gone.jpg,gone,\(label)\n\(site.root)/broken.jpg,broken,\n"
        let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root) + rest, to: "list.csv")
        let kept = try site.scratch.write("uri,id,label\n\"\(inline)\",kept,\(label)\n", to: "kept.csv")
        let lost = try site.scratch.write("uri,id,label\n\"\(inline)\",lost,\(label)\n", to: "lost.csv")
        let submitted = try site.submit(["--manifest", manifest, "--images-per-job", "3"])
        _ = try site.submit(["--manifest", kept, "--keep-data"])
        _ = try site.submit(["--manifest", lost])
        return submitted
    }

    @Test func anAnalysisIsReplayedUnderANewRevision() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let old = try Self.submit(site)
            let revision = try Revision.model(in: site.scratch)
            let both = ["ENTENTE_MODEL_PATH": "\(DrawnWorld.model):\(revision)"]
            try site.work(environment: both)
            #expect(try site.status(old.analysis) == Standing(expected: 9, done: 7, failed: 2, pending: 0))
            let connection = try site.connect()
            let before = try Self.rows(of: old.analysis, connection)

            let file = try Revision.analysis(model: revision, in: site.scratch)
            let sent = try Self.replay(site, ["--from", "demo", "--to", file, "--images-per-job", "2"])
            #expect(sent.images == 8 && sent.left_out == 1 && sent.jobs == 4 && sent.analysis != old.analysis)
            #expect(try site.status("revised") == Standing(expected: 8, done: 0, failed: 0, pending: 8))
            #expect(
                try connection.strings(
                    "SELECT kind || ' ' || replayed_from FROM entente.submissions WHERE kind = 'replay'")
                    == ["replay " + old.analysis])
            // A picture that is not the one that was analysed must not be compared with it.
            let changed = DrawnWorld.ids(perClass: 1, classes: 5)[4]
            try site.scratch.write(DrawnWorld.bytes(DrawnWorld.ids(perClass: 2)[1]), to: "pictures/" + changed)
            try site.work(environment: both)

            // In = out + failed; no row of the old revision under the new analysis, and none of the old one touched.
            #expect(try site.status(sent.analysis) == Standing(expected: 8, done: 5, failed: 3, pending: 0))
            #expect(
                try connection.strings(
                    "SELECT image_id FROM entente.failed_images WHERE analysis_id = '\(sent.analysis)' ORDER BY 1")
                    == ["broken", "gone", changed].sorted())
            #expect(
                try connection.number(
                    """
                    SELECT count(*) FROM entente.image_results AS r JOIN entente.submissions AS s
                        ON s.sequence = r.submission AND s.submission_id = '\(sent.submission ?? "")'
                    WHERE r.analysis_id = '\(sent.analysis)'
                    """) == 5)
            let after = try Self.rows(of: old.analysis, connection)
            #expect(after == before)
            #expect(try Self.rows(of: sent.analysis, connection).contains(where: before.contains) == false)
            try site.expectRollupsTrue()
            try Self.expectComparison(old.analysis, sent.analysis, connection)
            let shown = try site.entente(["compare", "--from", "demo", "--to", "revised"])
            #expect(shown.output.contains("5 images in both, 2 only before, 0 only now"), "\(shown)")
            let lines = try site.entente(["compare", "--from", "demo", "--to", "revised", "--json"])
            #expect(
                try lines.output.split(separator: "\n").count
                    == 1 + connection.number("SELECT count(*) FROM entente.replay_comparison"), "\(lines)")

            try Self.expectFailedOnesAlone(site, sent.analysis, changed, both)
            try Self.expectDeletion(site, old.analysis, sent.analysis)
        }
    }

    /// Pictures that were decomposed together are so again, although a class came in two jobs.
    @Test func groupsStayAsTheyWere() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 3, classes: 2)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            func analysis(_ name: String, parts: Int) throws -> String {
                try site.scratch.write(
                    """
                    name: \(name)
                    model: \(DrawnWorld.model)
                    classes: \(DrawnWorld.folder)/classes.json
                    descriptors: \(DrawnWorld.folder)/descriptors.json
                    method: {decomposition: group, parts: {by: [pca], count: \(parts)}, language: {count: 20}}
                    """, to: name + ".yaml")
            }
            let list = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "list.csv")
            let first = try site.submit(
                ["--manifest", list, "--group-by", "label", "--images-per-job", "2"],
                analysis: analysis("few", parts: 2))
            #expect(first.jobs == 4)
            try site.work()
            let sent = try Self.replay(
                site, ["--from", "few", "--to", analysis("many", parts: 3), "--images-per-job", "1"])
            #expect(sent.jobs == 4 && sent.images == 6)
            try site.work()
            #expect(try site.status("many") == Standing(expected: 6, done: 6, failed: 0, pending: 0))
            #expect(
                try site.connect().number(
                    """
                    SELECT count(*) + 10 * count(DISTINCT group_digest) FROM entente.image_results AS f
                    JOIN entente.image_results AS t USING (image_id, group_digest)
                    WHERE f.analysis_id = '\(first.analysis)' AND t.analysis_id = '\(sent.analysis)'
                    """) == 46)
            try site.expectRollupsTrue()
        }
    }

    /// What was found, without the analysis.
    private static func rows(of analysis: String, _ connection: Connection) throws -> Set<String> {
        Set(
            try connection.strings(
                """
                SELECT image_id || part_method || mi_released || vision_relevances::text || curve_membership::text
                FROM entente.part_results WHERE analysis_id = '\(analysis)'
                """))
    }

    private static func expectComparison(_ from: String, _ to: String, _ connection: Connection) throws {
        let pair = "from_analysis = '\(from)' AND to_analysis = '\(to)'"
        let whole = try connection.query(
            """
            SELECT images_both, images_only_from, images_only_to, flips, concepts_gained, concepts_lost, mean_delta_mi
            FROM entente.replay_comparison WHERE \(pair) AND scope = 'all' AND part_method = 'kmeans'
                AND estimator = 'released'
            """)
        try #require(whole.count == 1)
        #expect(try (0..<3).map { try whole.bigint(0, $0) } == [5, 2, 0])
        let images = try connection.query(
            """
            SELECT count(*) FILTER (WHERE flipped), sum(cardinality(concepts_gained))::bigint,
                sum(cardinality(concepts_lost))::bigint, avg(delta_mi_released), count(*)
            FROM entente.replay_image_comparison WHERE \(pair) AND part_method = 'kmeans'
            """)
        #expect(try images.bigint(0, 4) == 7)
        for (column, other) in [(3, 0), (4, 1), (5, 2)] {
            #expect(try whole.bigint(0, column) == images.bigint(0, other))
        }
        #expect(try abs(whole.double(0, 6) - images.double(0, 3)) < 1e-9)
        // The weights are others, so something has to differ.
        #expect(try whole.bigint(0, 4) + whole.bigint(0, 5) > 0)
    }

    /// What is mended is sent again under the same analysis, alone.
    private static func expectFailedOnesAlone(
        _ site: Site, _ analysis: String, _ changed: String, _ environment: [String: String]
    ) throws {
        try site.scratch.write(DrawnWorld.bytes(changed), to: "pictures/" + changed)
        let nothing = try replay(site, ["--from", "demo", "--to", "demo", "--failed-only"])
        #expect(nothing.images == 2 && nothing.left_out == 0)
        let again = try replay(site, ["--from", "revised", "--to", analysis, "--failed-only"])
        #expect(again.images == 3 && again.jobs == 1 && again.analysis == analysis)
        try site.work(environment: environment)
        #expect(try site.status(analysis) == Standing(expected: 8, done: 6, failed: 2, pending: 0))
        // Nothing to send is no submission.
        let empty = try site.entente(["analyses", "show", "revised", "--json"])
        #expect(empty.status == 0 && empty.output.contains("\"submissions\":2"), "\(empty)")
    }

    private static func expectDeletion(_ site: Site, _ old: String, _ new: String) throws {
        let worker = ["ENTENTE_POSTGRES_URI": Site.working(site.uri)]
        let refused = try site.entente(["analyses", "delete", old, "--yes"], environment: worker)
        #expect(refused.status == 69 && refused.errors.contains("may not delete"), "\(refused)")
        let unasked = try site.entente(["analyses", "delete", old])
        #expect(unasked.status == 64 && unasked.errors.contains("--yes"), "\(unasked)")
        let deleted = try site.entente(["analyses", "delete", old, "--yes", "--batch-size", "2", "--json"])
        #expect(deleted.status == 0 && deleted.output == "{\"analysis\":\"\(old)\",\"images\":9}\n", "\(deleted)")
        let list = try site.entente(["analyses", "list", "--json"])
        #expect(list.output.split(separator: "\n").count == 1 && list.output.contains(new), "\(list)")
        try site.expectRollupsTrue()
    }
}
