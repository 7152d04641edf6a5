import Foundation
import Persistence
import Testbed
import Testing

/// `entente explore` over the results of an analysis and its replay: every page, its twin and its table, and every picture.
@Suite(.startsWorkers) struct ExplorerTests {
    @Test func everyPageHasItsTwinAndItsTable() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            let (demo, revised) = (exploration.demo, exploration.revised)
            let descriptor = try exploration.encodedDescriptor()
            let pages = [
                ("/", "", "index"), ("/analyses/\(demo)", "", "analysis"),
                ("/analyses/\(revised)", "?estimator=released", "analysis"),
                ("/analyses/\(demo)/classes/barn-dibbet", "?method=pca", "class"), (exploration.picture, "", "picture"),
                (exploration.picture, "?text=a+round+body", "picture"),
                ("/analyses/\(demo)/concepts/" + descriptor, "", "concept"),
                ("/compare", "?a=\(demo)&b=\(revised)&image=barn-dibbet%2F000.jpg", "compare"),
                ("/search", "?q=barn", "search"),
                ("/failures", "", "failures"),
            ]
            for (path, query, kind) in pages {
                let page = try exploration.get(path + query)
                #expect(
                    page.status == 200 && page.body.contains("data-page=\"\(kind)\""),
                    "\(path): \(page.body.prefix(2000))")
                #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'self'") == true)
                #expect(
                    !page.body.contains("<style") && !page.body.contains(" style=") && !page.body.contains("<script>"))
                let json = path == "/" ? "/.json" : path + ".json"
                let twin = try exploration.twin(json + query)
                #expect(!twin.isEmpty && twin["problem"] == nil, "\(path)")
                #expect(page.body.contains("href=\"\(json)"), "\(path)")
                let table = try exploration.get(path + ".csv" + query)
                #expect(table.status == 200 && table.headers["content-type"]?.hasPrefix("text/csv") == true, "\(path)")
                // Whatever a page links is there.
                let links = Set(
                    page.body.matches(of: /(?:href|src|data-masks|data-toggle|data-src)="(\/[^"]*)"/).map {
                        String($0.1)
                    })
                for link in links.prefix(60) {
                    let answer = try exploration.get(link.replacing("&amp;", with: "&"))
                    #expect(answer.status == 200, "\(path) links \(link): \(answer.status) \(answer.body.prefix(300))")
                }
            }
        }
    }

    @Test func twinsSayWhatTheTablesSay() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            let index = try exploration.twin("/.json?estimator=released&method=kmeans")
            let analyses = try #require(index["analyses"] as? [[String: Any]])
            let shown = try #require(analyses.first { $0["analysis_id"] as? String == exploration.demo })
            let rows = try exploration.connection.query(
                """
                SELECT auc, mi_low, top_1 FROM entente.analysis_summary
                WHERE analysis_id = $1 AND part_method = 'kmeans' AND estimator = 'released'
                """, [.text(exploration.demo)])
            #expect(try shown["auc"] as? Double == rows.double(0, 0) && shown["mi_low"] as? Double == rows.double(0, 1))
            #expect(try shown["top_1"] as? Double == rows.double(0, 2))
            let replay = try #require(analyses.first { $0["analysis_id"] as? String == exploration.revised })
            #expect(replay["replay_of"] as? String == exploration.demo)

            let picture = try exploration.twin(exploration.picture + ".json?method=pca&estimator=membership")
            let curve = try exploration.connection.query(
                """
                SELECT mi_membership FROM entente.image_curves WHERE analysis_id = $1 AND image_id = $2 AND part_method = 'pca'
                ORDER BY step
                """, [.text(exploration.demo), .text(Exploration.image)])
            #expect(try picture["curve"] as? [Double] == (0..<curve.count).map { try curve.double($0, 0) })
            let found = try #require(
                (picture["concepts"] as? [[String: Any]])?.compactMap { $0["descriptor"] as? String })
            #expect(
                try found
                    == exploration.connection.strings(
                        """
                        SELECT descriptor FROM entente.image_concepts WHERE analysis_id = '\(exploration.demo)'
                            AND image_id = '\(Exploration.image)' AND part_method = 'pca' ORDER BY rank
                        """))
            let search = try exploration.twin("/search.json?q=barn-dib")
            #expect((search["images"] as? [[String: Any]])?.isEmpty == false)
            try exploration.connection.exec(
                """
                SET session_replication_role = replica;
                UPDATE entente.classes SET name = 'a long-haired one' WHERE class_id = 'barn-dibbet'
                """)
            for half in ["long-hair", "a+long-ha", "haired"] {
                let found = try exploration.twin("/search.json?q=\(half)")["classes"] as? [[String: Any]]
                #expect(found?.contains { $0["class_name"] as? String == "a long-haired one" } == true, "\(half)")
            }
        }
    }

    @Test func whatIsWrongIsSaidInASentence() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            let demo = exploration.demo
            for (path, status, words) in [
                ("/nothing", 404, "no such page"), ("/analyses/none", 404, "No analysis has the id none"),
                ("/analyses/\(demo)/classes/none", 404, "no class with the id none"),
                ("/analyses/\(demo)/images/none", 404, "no image with the id none"),
                ("/analyses/\(demo)/concepts/none", 404, "no such descriptor"),
                ("/analyses/\(demo)?estimator=x", 400, "released or membership"),
                ("/analyses/\(demo)?method=x", 400, "method has to be"), ("/compare", 400, "compared by their ids"),
                ("/failures?before=yesterday", 400, "as a page"),
                ("/failures?before=2026-13-45T99:99:99.000000Z", 400, "a number or time that is none"),
                ("/search?q=a%00b", 400, "U+0000"),
                (exploration.picture + "/prompted?method=kmeans", 400, "part has to be"),
                (exploration.picture + "/masks?method=none", 404, "no parts by"),
            ] {
                let answer = try exploration.get(path)
                #expect(
                    answer.status == status && answer.body.contains(words), "\(path): \(answer.status) \(answer.body)")
            }
            // For the script, which shows it beside the picture.
            let masks = try exploration.get(exploration.picture + "/masks?method=none")
            #expect(!masks.body.contains("<"), "\(masks)")
            let twin = try exploration.get("/analyses/none.json")
            #expect(twin.status == 404 && twin.body.hasPrefix("{\"problem\":\""))
        }
    }

    @Test func aRedactedPictureSaysWhyItIsNotShown() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            try exploration.connection.exec(
                """
                UPDATE entente.images SET uri = 'https://store.example/a.jpg?X-Amz-Signature=s3cr3t'
                WHERE image_id = '\(Exploration.image)'
                """)
            for path in [exploration.picture, exploration.picture + "/picture?size=160"] {
                let answer = try exploration.get(path)
                #expect(answer.body.contains("may be a secret") && answer.body.contains("https://store.example/a.jpg"))
                #expect(!answer.body.contains("s3cr3t"), "\(path)")
            }
        }
    }

    @Test func namesOfAnyKindAreShownAndLinked() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            let hostile = "\"><img src=x onerror=alert(1)>' {{title}} \u{202E}\"\u{301}/.."
            try exploration.connection.exec("SET session_replication_role = replica")
            for statement in [
                "UPDATE entente.classes SET name = $1 WHERE class_id = 'barn-dibbet'",
                "UPDATE entente.analyses SET name = $1 WHERE name = 'demo'",
                "UPDATE entente.descriptors SET descriptor = $1 WHERE descriptor_index = 0",
                "UPDATE entente.images SET uri = $1 WHERE image_id = 'barn-dibbet/000.jpg'",
            ] { try exploration.connection.query(statement, [.text(hostile)]) }
            for path in [
                "/", "/analyses/\(exploration.demo)", "/analyses/\(exploration.demo)/classes/barn-dibbet",
                exploration.picture,
                "/analyses/\(exploration.demo)/concepts/" + Exploration.encoded(hostile),
                "/search?q=" + Exploration.encoded(hostile),
                "/compare?a=\(exploration.demo)&b=\(exploration.revised)", "/analyses/" + Exploration.encoded(hostile),
            ] {
                let answer = try exploration.get(path)
                #expect(
                    answer.status == (path.contains("/analyses/%") ? 404 : 200), "\(path): \(answer.body.prefix(500))")
                #expect(!answer.body.contains("<img src=x") && !answer.body.contains("\u{202E}"), "\(path)")
                // No link leads anywhere but here.
                let links = answer.body.matches(of: /(?:href|src|action)="([^"]*)"/).map { String($0.1) }
                #expect(
                    links.allSatisfy { $0.hasPrefix("/") && !$0.hasPrefix("//") || $0 == "#main" }, "\(path): \(links)")
            }
        }
    }

    @Test func nothingIsReadWithMoreThanAReadersRights() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            _ = try exploration.get("/failures")
            let sessions = try exploration.connection.strings(
                "SELECT query FROM pg_stat_activity WHERE application_name = 'entente explore'")
            #expect(!sessions.isEmpty)
            try exploration.connection.exec("REVOKE SELECT ON entente.failures FROM entente_reader")
            #expect(try exploration.get("/failures").status >= 500)
            try exploration.connection.exec("GRANT SELECT ON entente.failures TO entente_reader")
            #expect(try exploration.get("/failures").status == 200)
            exploration.program.signal(SIGTERM)
            #expect(try exploration.program.wait(within: 60).status == 0)
        }
    }

    /// Chromium goes through every page and interaction, at two widths, in both colour schemes.
    @Test(.enabled(if: ExplorerDriver.python != nil, "no Chromium or no Playwright"))
    func aBrowserFindsNothingWrong() async throws {
        let python = try #require(ExplorerDriver.python)
        try await onOwnThread {
            let exploration = try Exploration()
            let end = try ExplorerDriver.run(python, port: exploration.port, in: exploration.site.scratch)
            #expect(end.status == 0, "\(end)")
        }
    }

    @Test func othersComeInWithATokenAlone() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let refused = try site.entente(["explore", "--http-address", "0.0.0.0:0"])
            #expect(refused.status == 64 && refused.errors.contains("ENTENTE_EXPLORE_TOKEN"), "\(refused)")
            let short = try site.entente(["explore", "--http-address", "0.0.0.0:0", "--token", "hunter2"])
            #expect(short.status == 64 && !short.errors.contains("hunter2"), "\(short)")
        }
    }
}
