import Dashboards
import Foundation
import Persistence
import Testbed
import Testing

/// docs/sql.md, asked as the reader, against what `entente export` writes of the same images.
@Suite(.startsWorkers) struct DocumentedQueryTests {
    /// What `export --what images` writes, as far as it is compared.
    private struct Picture: Decodable {
        let image_id, part_method, label, predicted: String
        let hit_at_1: Bool
        let vision_count, overlap: Int64
        let mi_membership, auc_membership: Double
    }

    /// What `export --what summary` writes.
    private struct Summary: Decodable {
        let metrics: [String: Double]
        let confidence_intervals: [String: [Double]]
        let n: Int64
    }

    /// An analysis and its replay under other weights, with their exports.
    private final class Results: Sendable {
        let uri: String
        let pictures: [String: [Picture]]
        let summaries: [String: Summary]

        init() throws {
            let site = try Site(partitions: 2)
            defer { site.end() }
            _ = try site.submit(DrawnWorld.ids(perClass: 3, classes: 6), imagesPerJob: 3)
            let revision = try Revision.model(in: site.scratch)
            let both = ["ENTENTE_MODEL_PATH": "\(DrawnWorld.model):\(revision)"]
            try site.work(environment: both)
            let file = try Revision.analysis(model: revision, in: site.scratch)
            let sent = try site.entente(["replay", "--from", "demo", "--to", file])
            try #require(sent.status == 0, "\(sent)")
            try site.work(environment: both)
            func export(_ what: String, _ analysis: String) throws -> [Data] {
                let end = try site.entente(
                    ["export", "--analysis", analysis, "--format", "jsonl", "--what", what, "--resamples", "10"])
                try #require(end.status == 0, "\(end)")
                return end.output.split(separator: "\n").map { Data($0.utf8) }
            }
            uri = site.uri
            pictures = try Dictionary(
                uniqueKeysWithValues: ["demo", "revised"].map { name in
                    (name, try export("images", name).map { try JSONDecoder().decode(Picture.self, from: $0) })
                })
            summaries = try Dictionary(
                uniqueKeysWithValues: ["demo", "revised"].map { name in
                    let line = try #require(try export("summary", name).first)
                    return (name, try JSONDecoder().decode(Summary.self, from: line))
                })
        }

        /// Under K-means' parts, as the document asks.
        func pictures(_ analysis: String, labelled label: String? = nil) -> [Picture] {
            pictures[analysis, default: []].filter {
                $0.part_method == "kmeans" && (label == nil || $0.label == label)
            }
        }
    }

    private static let results = Result { try Results() }

    private static let names = DocumentedNames(
        analysis: "demo", replay: "revised", image: "barn-dibbet/000.jpg", className: "barn dibbet")

    /// A row by its columns' names.
    private struct Answer {
        private let rows: Rows

        init(_ rows: Rows) { self.rows = rows }

        var places: Range<Int> { 0..<rows.count }

        private func column(_ name: String) throws -> Int {
            try #require(rows.columns.firstIndex(of: name), "no \(name)")
        }
        func text(_ row: Int, _ name: String) throws -> String { try rows.text(row, column(name)) }
        func count(_ row: Int, _ name: String) throws -> Int64 { try rows.bigint(row, column(name)) }
        func number(_ row: Int, _ name: String) throws -> Double { try rows.double(row, column(name)) }
        func optionalText(_ row: Int, _ name: String) throws -> String? { try rows.optionalText(row, column(name)) }
    }

    private func ask(_ place: Int, _ names: DocumentedNames = Self.names) throws -> Answer {
        let queries = try DocumentedQuery.ofThisCheckout()
        try #require(queries.count == 5)
        let connection = try Connection(
            uri: Self.results.get().uri, settings: .patient(applicationName: "integration test"))
        try connection.exec("SET ROLE entente_reader")
        return Answer(try connection.query(queries[place].asked(of: names)))
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// The names of the drawn world's classes are their ids in words.
    private func name(_ id: String) -> String { id.replacing("-", with: " ") }

    @Test func mutualConceptsOfEveryPicture() async throws {
        try await onOwnThread {
            let results = try Self.results.get()
            for analysis in ["demo", "revised"] {
                let pictures = results.pictures[analysis, default: []]
                #expect(pictures.count == 36)
                for id in Set(pictures.map(\.image_id)) {
                    var names = Self.names
                    (names.analysis, names.image) = (analysis, id)
                    let answer = try ask(0, names)
                    for picture in pictures where picture.image_id == id {
                        let rows = try answer.places.filter {
                            try answer.text($0, "part_method") == picture.part_method
                        }
                        #expect(rows.count == Int(picture.overlap), "\(picture)")
                        let ranks = try rows.map { try answer.count($0, "rank") }
                        #expect(ranks == ranks.sorted() && ranks.last ?? 0 <= picture.vision_count, "\(picture)")
                        for row in rows {
                            #expect(try answer.text(row, "predicted_name") == name(picture.predicted))
                            #expect(try answer.text(row, "label_name") == name(picture.label))
                            #expect(try answer.text(row, "parts_text").contains(/^\d+(, \d+)*$/))
                        }
                    }
                }
            }
            #expect(results.pictures("demo").contains { $0.overlap > 0 })
        }
    }

    @Test func classesWithTheirIntervals() async throws {
        try await onOwnThread {
            let answer = try ask(1)
            #expect(answer.places.count == 6)
            for row in answer.places {
                let id = try answer.text(row, "class_id")
                let pictures = try Self.results.get().pictures("demo", labelled: id)
                #expect(try answer.count(row, "images") == Int64(pictures.count) && pictures.count == 3, "\(id)")
                let top1 = try answer.number(row, "top_1")
                #expect(top1 == mean(pictures.map { $0.hit_at_1 ? 1 : 0 }), "\(id)")
                #expect(try answer.number(row, "top_1_low") < answer.number(row, "top_1_high"), "\(id)")
                for (column, values) in [
                    ("mi_membership", pictures.map(\.mi_membership)),
                    ("auc_membership", pictures.map(\.auc_membership)),
                ] {
                    let mean = mean(values)
                    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count - 1)
                    // SciPy's t.ppf(0.975, 2).
                    let half = 4.302652729749464 * (variance / Double(values.count)).squareRoot()
                    #expect(try abs(answer.number(row, column) - mean) < 1e-9, "\(id), \(column)")
                    #expect(try abs(answer.number(row, column + "_low") - (mean - half)) < 1e-9, "\(id), \(column)")
                    #expect(try abs(answer.number(row, column + "_high") - (mean + half)) < 1e-9, "\(id), \(column)")
                }
            }
            let order = try answer.places.map { try answer.number($0, "auc_membership") }
            #expect(order == order.sorted(by: >))
        }
    }

    @Test func conceptsOfEveryClass() async throws {
        try await onOwnThread {
            let results = try Self.results.get()
            for id in Set(results.pictures("demo").map(\.label)) {
                var names = Self.names
                names.className = name(id)
                let answer = try ask(2, names)
                let pictures = results.pictures("demo", labelled: id)
                let counts = try answer.places.map { try answer.count($0, "mutual_images") }
                #expect(counts.reduce(0, +) == pictures.map(\.overlap).reduce(0, +), "\(id)")
                #expect(counts == counts.sorted(by: >) && counts.allSatisfy { 1...3 ~= $0 }, "\(id)")
                for row in answer.places {
                    #expect(try answer.count(row, "vision_images") >= answer.count(row, "mutual_images"))
                }
            }
        }
    }

    @Test func agreementAgainstAccuracy() async throws {
        try await onOwnThread {
            let answer = try ask(3)
            #expect(try Set(answer.places.map { try answer.text($0, "name") }) == ["demo", "revised"])
            for row in answer.places {
                let name = try answer.text(row, "name")
                let summary = try #require(Self.results.get().summaries[name])
                #expect(try answer.count(row, "images") == summary.n)
                let bounds = try #require(summary.confidence_intervals["acc1"])
                for (column, value) in [
                    ("top_1", summary.metrics["acc1"]), ("top_1_low", bounds.first), ("top_1_high", bounds.last),
                    ("auc", summary.metrics["auc_kmeans_membership"]),
                    ("auc_padded", summary.metrics["auc_padded_kmeans_membership"]),
                ] {
                    let value = try #require(value, "\(column)")
                    #expect(try abs(answer.number(row, column) - value) < 1e-9, "\(name), \(column)")
                }
                for column in ["auc", "auc_padded"] {
                    let value = try answer.number(row, column)
                    #expect(
                        try answer.number(row, column + "_low") < value && value < answer.number(row, column + "_high"))
                }
            }
        }
    }

    @Test func whatAReplayChanged() async throws {
        try await onOwnThread {
            let results = try Self.results.get()
            let answer = try ask(4)
            #expect(answer.places.count == 7)
            for row in answer.places {
                let id = try answer.optionalText(row, "class_id")
                #expect(try (answer.text(row, "scope") == "all") == (row == 0) && (id == nil) == (row == 0))
                for (side, analysis) in [("from", "demo"), ("to", "revised")] {
                    let pictures = results.pictures(analysis, labelled: id)
                    #expect(try answer.count(row, side + "_images") == Int64(pictures.count))
                    for (column, value) in [
                        ("top_1", mean(pictures.map { $0.hit_at_1 ? 1 : 0 })),
                        ("mi", mean(pictures.map(\.mi_membership))), ("auc", mean(pictures.map(\.auc_membership))),
                    ] {
                        let found = try answer.number(row, "\(side)_\(column)")
                        #expect(abs(found - value) < 1e-9, "\(id ?? "all"), \(side)_\(column)")
                    }
                }
                for column in ["top_1", "mi", "auc"] {
                    let difference = try answer.number(row, "to_" + column) - answer.number(row, "from_" + column)
                    #expect(try abs(answer.number(row, "delta_" + column) - difference) < 1e-9)
                }
            }
            // Other weights do change something, or nothing was compared.
            #expect(try answer.places.contains { try answer.number($0, "delta_auc") != 0 })
        }
    }
}
