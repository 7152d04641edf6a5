import Foundation
import Persistence
import Testbed
import Testing

/// Pages over images that came without labels.
@Suite(.startsWorkers) struct UnlabelledPagesTests {
    @Test func imagesWithoutLabelsAreAClassesByWhatTheyAreTakenFor() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            let (demo, connection) = (exploration.demo, exploration.connection)
            // Triggers keep the sums.
            try connection.exec(
                "UPDATE entente.images SET label = NULL; UPDATE entente.image_results SET label_index = NULL")
            let page = try exploration.get("/analyses/\(demo)")
            #expect(page.status == 200 && page.body.contains("came without labels"), "\(page.body.prefix(2000))")
            #expect(try exploration.get("/").body.contains("no labels"))
            let taken = try connection.query(
                """
                SELECT k.class_id, count(*), min(r.image_id) FROM entente.image_results AS r
                JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
                WHERE r.analysis_id = $1 GROUP BY k.class_index, k.class_id ORDER BY k.class_index
                """, [.text(demo)])
            let twin = try exploration.twin("/analyses/\(demo).json")
            #expect(twin["are_of_labels"] as? Bool == false)
            let classes = try #require(twin["classes"] as? [[String: Any]])
            #expect(try classes.map { $0["class_id"] as? String } == (0..<taken.count).map { try taken.text($0, 0) })
            #expect(
                try classes.map { $0["images"] as? Int } == (0..<taken.count).map { Int(try taken.bigint($0, 1)) })
            for row in 0..<taken.count {
                let one = try exploration.twin("/analyses/\(demo)/classes/\(taken.text(row, 0)).json")
                #expect(one["of"] as? String == "prediction")
                let images = try #require(one["images"] as? [[String: Any]])
                #expect(Int(try taken.bigint(row, 1)) == images.count)
                #expect(try images.first?["image_id"] as? String == taken.text(row, 2))
                let summary = try #require((one["summary"] as? [[String: Any]])?.first)
                #expect(summary["images"] as? Int == images.count && summary["mi"] is Double)
                // Lift is a share over a share: none is seen oftener in a class than in all of its images.
                let seen = try #require(one["seen"] as? [[String: Any]])
                #expect(!seen.isEmpty)
                #expect(seen.allSatisfy { ($0["vision_images"] as? Int ?? 0) <= images.count && $0["lift"] is Double })
            }
            let concept = try exploration.twin("/analyses/\(demo)/concepts/\(exploration.encodedDescriptor()).json")
            let lines = try #require(concept["classes"] as? [[String: Any]])
            #expect(!lines.isEmpty && lines.allSatisfy { $0["is_label"] as? Bool == false })
            #expect((concept["images"] as? [[String: Any]])?.isEmpty == false)
            #expect(try exploration.get("/compare?a=\(demo)&b=\(exploration.revised)").body.contains("without labels"))

            // Of a class that has both there are two lists.
            let name = try taken.text(0, 0)
            try connection.query(
                """
                UPDATE entente.image_results SET label_index = predicted_index WHERE analysis_id = $1 AND image_id = $2
                """, [.text(demo), .text(try taken.text(0, 2))])
            let path = "/analyses/\(demo)/classes/\(name)"
            let both = try exploration.get(path)
            #expect(both.body.contains("name=\"of\"") && !both.body.contains("came without a label"))
            let labelled = try exploration.twin(path + ".json")["images"] as? [[String: Any]]
            #expect(labelled?.compactMap { $0["image_id"] as? String } == [try taken.text(0, 2)])
            let others = try exploration.twin(path + ".json?of=prediction")["images"] as? [[String: Any]]
            #expect(others?.count == Int(try taken.bigint(0, 1)) - 1)
            #expect(try exploration.get(path + "?of=both").status == 400)
        }
    }
}
