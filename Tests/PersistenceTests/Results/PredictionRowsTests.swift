import Concepts
import Inference
import Testbed
import Testing

@testable import Persistence

/// Images of which nothing but the prediction is asked (docs/descriptors.md §2): rows, roll-ups, export.
@Suite struct PredictionRowsTests {
    private let connection: Connection
    private let analysisID: String

    init() throws {
        connection = try TestDatabase().connect()
        let like = Fixture.analysis("plain")
        var method = MethodParameters()
        method.parts.by = []
        let analysis = Analysis(
            model: like.model, classes: like.classes, descriptors: [], templates: like.templates,
            descriptorTemplate: like.descriptorTemplate, method: method)
        try AnalysisStore(connection).register(analysis, name: "plain")
        analysisID = analysis.id
        try BatchWriter(connection).write(
            WriteBatch(results: [
                row("a", label: 0, predicted: 0), row("b", label: 0, predicted: 2), row("c", label: nil, predicted: 1),
            ]))
    }

    private func row(_ id: Identifier, label: Int?, predicted: Int) -> ImageRow {
        Fixture.row(
            id, analysisID: analysisID, label: label, findings: Fixture.findings(predicted: predicted, parts: []))
    }

    @Test func rollupsCountThem() throws {
        #expect(try Verifier(connection).differences().isEmpty)
        let reader = DatasetReader(connection, analysisID: analysisID, languageClass: .predicted)
        #expect(try reader.accuracy() == Accuracy(images: 3, labelled: 2, hitsAt1: 1, hitsAt5: 2))
        // By label, and of images without one by prediction.
        #expect(
            try reader.hits() == [
                ClassHits(images: 2, labelled: 2, hitsAt1: 1, hitsAt5: 2),
                ClassHits(images: 1, labelled: 0, hitsAt1: 0, hitsAt5: 0),
            ])
        #expect(try reader.partMethods().isEmpty)
        #expect(try connection.query("SELECT FROM entente.analysis_summary").count == 0)
        let plain = try connection.query(
            "SELECT images, labelled, top_1, top_5, top_1_low FROM entente.zero_shot_summary")
        #expect(try plain.count == 1 && plain.bigint(0, 0) == 3 && plain.bigint(0, 1) == 2)
        #expect(try plain.double(0, 2) == 0.5 && plain.double(0, 3) == 1)
        let low = try plain.double(0, 4)
        #expect(abs(low - 0.094_531) < 1e-5)
        #expect(try connection.query("SELECT FROM entente.analysis_progress WHERE done = 3").count == 1)
        #expect(try connection.query("SELECT FROM entente.class_confusion").count > 0)
    }

    @Test func exportHasARowAnImage() throws {
        var rows: [[String?]] = []
        let export = ImageScoreExport(connection, analysisID: analysisID, findsParts: false)
        try export.forEachRow { rows.append($0) }
        #expect(rows.count == 3 && rows.allSatisfy { $0.count == ImageScoreExport.columns.count })
        func cells(_ column: String) throws -> [String?] {
            let place = try #require(ImageScoreExport.columns.firstIndex(of: column))
            return rows.map { $0[place] }
        }
        #expect(try cells("image_id") == ["a", "b", "c"])
        #expect(try cells("hit_at_1") == ["true", "false", nil])
        for column in ["part_method", "overlap", "mi_released", "flags", "mean_relevance"] {
            #expect(try cells(column) == [nil, nil, nil], "\(column)")
        }
        var objects: [String] = []
        try export.forEachObject { objects.append($0) }
        #expect(objects.count == 3 && objects[0].contains(#""part_method":null"#))
    }

    @Test func theyGoBesideAnalysesWithParts() throws {
        let other = try Fixture.register("parts", on: connection)
        try BatchWriter(connection).write(
            WriteBatch(results: [Fixture.row("a", analysisID: other), Fixture.row("b", analysisID: other)]))
        let store = AnalysisStore(connection)
        let paired = try store.pairedImages(from: analysisID, to: other)
        #expect(paired.inBoth == 2 && paired.onlyInFrom == 1 && paired.onlyInTo == 0 && paired.flips == 1)
        #expect(paired.hits == [PairedHits(images: 2, both: 1, onlyBefore: 0, onlyNow: 1)])
        #expect(try Verifier(connection).differences().isEmpty)
    }
}
