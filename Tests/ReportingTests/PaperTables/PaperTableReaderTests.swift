import Concepts
import Inference
import Persistence
import Testbed
import Testing

@testable import Reporting

/// The paper's tables out of a database whose figures can be worked out by hand.
@Suite struct PaperTableReaderTests {
    private let connection: Connection
    private let store: AnalysisStore

    init() throws {
        connection = try TestDatabase().connect()
        store = AnalysisStore(connection)
    }

    private func register(
        _ name: String, classifier: Analysis.Classifier? = nil, _ change: (inout MethodParameters) -> Void
    ) throws -> String {
        var method = MethodParameters()
        method.parts.by = [.kmeans]
        change(&method)
        let analysis = Analysis(
            model: .example, classes: (0..<4).map { .init(id: "n\($0)", name: "class \($0)") },
            descriptors: ["a beak", "wings", "fins", "a tail"], templates: classifier == nil ? ["{}"] : [],
            classifier: classifier, descriptorTemplate: "{}", method: method)
        try store.register(analysis, name: name)
        return analysis.id
    }

    private func write(
        _ analysis: String, _ id: Identifier, label: Int?, predicted: Int, parts: [PartFindings] = [],
        curves: [JudgedCurve] = []
    ) throws {
        let top = [predicted] + (0..<4).filter { $0 != predicted }
        let findings = ImageFindings(
            top: top.enumerated().map { .init(classIndex: $1, similarity: 0.5 - Float($0) / 32) }, partMethods: parts
        ).judged(by: curves)
        try BatchWriter(connection).write(
            WriteBatch(results: [
                ImageRow(
                    analysisID: analysis,
                    image: ImageReference(id: id, uri: "file:///\(id)", label: label.map { Identifier("n\($0)") }),
                    labelIndex: label, contentHash: "00", submissionID: nil, force: false, worker: "w",
                    kernelSet: "Haswell", methodRevision: 1, timings: .init(), shard: 0, findings: findings)
            ]))
    }

    private var parts: PartFindings {
        let dynamics = Agreement.Dynamics(curve: [2, 1, 0].map { NanoNats(count: $0) }, auc: NanoNats(count: 1))
        return PartFindings(
            method: .kmeans, gridHeight: 1, gridWidth: 2, parts: [0, 1],
            boxes: [
                .init(part: 0, top: 0, left: 0, bottom: 0, right: 0),
                .init(part: 1, top: 0, left: 1, bottom: 0, right: 1),
            ],
            visionConcepts: [
                .init(descriptor: 2, relevance: 0.7, parts: [0]), .init(descriptor: 1, relevance: 0.6, parts: [1]),
            ], languageConcepts: [.init(descriptor: 2, similarity: 0.5)],
            agreement: Agreement(released: dynamics, membership: dynamics, nmiMax: 0.25, ami: nil, pValue: 0.5),
            flags: [])
    }

    private func tables(_ ids: [String]? = nil) throws -> [String: PaperTable] {
        let tables = try PaperTableReader(connection).read(ids).tables
        #expect(tables.map(\.number) == ["1", "2", "3", "A1", "A2", "A3", "A4"])
        return Dictionary(uniqueKeysWithValues: tables.map { ($0.number, $0) })
    }

    private func figure(_ cell: PaperCell?) throws -> PaperFigure {
        guard case .figure(let figure)? = cell else {
            throw ReportingError("no figure but \(String(describing: cell))")
        }
        return figure
    }

    private func reason(_ cell: PaperCell?) throws -> String {
        guard case .missing(let reason)? = cell else {
            throw ReportingError("\(String(describing: cell)) is not empty")
        }
        return reason
    }

    @Test func nothingIsInAnEmptyDatabase() throws {
        for table in try tables().values {
            #expect(table.rows.isEmpty && PaperGrid(table).notes.last == table.absence, "\(table.number)")
        }
        // One without results is in no table, and named.
        let id = try register("empty") { _ in }
        let found = try PaperTableReader(connection).read(nil)
        #expect(found.tables.allSatisfy(\.rows.isEmpty) && found.passedOver.count == 1)
        #expect(found.passedOver[0].contains(id))
    }

    @Test func explanationsStandBesideTheirNulls() throws {
        let plain = try register("plain") { _ in }
        try write(plain, "a", label: nil, predicted: 0, parts: [parts])
        var evaluation = MethodParameters.Evaluation()
        var faithfulness = MethodParameters.Faithfulness()
        faithfulness.metrics = [.deletion, .accDrop]
        (evaluation.faithfulness, evaluation.foreground) = (faithfulness, true)
        let judged = try register("judged") { $0.evaluation = evaluation }
        // Areas of 1.5 and 2.5, and 0.5 more each in random order.
        for (image, height) in [("a", Int64(1)), ("b", 2)] as [(Identifier, Int64)] {
            func points(_ last: Int64) -> [Int64] { [height, height, last].map { $0 * 500_000_000 } }
            let own = JudgedCurve(
                subject: "kmeans", variant: JudgedCurve.importance, metric: .deletion, points: points(height + 2))
            let null = JudgedCurve(
                subject: "kmeans", variant: JudgedCurve.randomOrder, metric: .deletion, points: points(height + 4))
            try write(
                judged, image, label: nil, predicted: 0, parts: [parts],
                curves: [
                    own,
                    JudgedCurve(
                        subject: null.subject, variant: null.variant, metric: null.metric, points: null.points,
                        difference: own.amount - null.amount),
                ])
        }
        let tables = try tables()
        func first(_ number: String) throws -> PaperRow { try #require(tables[number]?.rows.first) }
        // The plain one says nothing that the other does not.
        #expect(tables["1"]?.rows.map(\.labels) == [["judged", "kmeans", "no"]])
        let row = try first("1")
        let deletion = try figure(row.cells[0])
        #expect(deletion.value == 2 && deletion.count == 2 && deletion.nulls.map(\.name) == ["random order"])
        #expect(deletion.nulls.first?.value == 2.5 && deletion.nulls.first?.difference == -0.5)
        #expect(try reason(row.cells[1]).contains("insertion among `evaluation.faithfulness.metrics`"))
        #expect(try reason(row.cells[2]) == TabledAnalysis.noLabels)

        #expect(tables["2"]?.rows.isEmpty == true)
        let agreement = try figure(first("3").cells[1])
        #expect(abs(agreement.value - 2e-9) < 1e-15 && agreement.count == 2)
        #expect(try reason(first("A1").cells[0]).contains("ground-truth"))
        #expect(try reason(first("A2").cells[0]).contains("`retrieval: {transport: off}`"))
        let entropy = try figure(first("A2").cells[1])
        #expect(abs(entropy.value - 0.693_147_18) < 1e-7)
        #expect(try reason(first("A3").cells[0]) == TabledAnalysis.noLabels)
        // Alone it stands for itself.
        let alone = try #require(self.tables([plain])["1"]).rows
        #expect(alone.map(\.labels) == [["plain", "kmeans", "no"]])
        #expect(
            try reason(alone.first?.cells[3]) == "an analysis like this one with `evaluation: {faithfulness: true}`")
    }

    @Test func gainsAreOfPairsAndOfEachHalf() throws {
        func told(_ name: String, _ lists: [[Int]]) throws -> String {
            try register(name, classifier: .descriptors(lists, wording: .standard)) { $0.parts.by = [] }
        }
        let base = try told("base", [[0], [1], [2], []])
        let other = try told("other", [[0], [1], [3], []])
        let more = try told("more", [[0, 3], [1], [2], [1]])
        // Eight images of class 1; `more` has those of the odd half right, the others have none.
        let images = (0..<8).map { Identifier("picture \($0)") }
        let odd = images.filter(ImageSplit.odd.holds)
        try #require(odd.count > 0 && odd.count < 8)
        for image in images {
            for analysis in [base, other] { try write(analysis, image, label: 1, predicted: 0) }
            try write(more, image, label: 1, predicted: ImageSplit.odd.holds(image) ? 1 : 0)
        }
        let rows = try #require(try tables()["2"]?.rows)
        #expect(
            rows.map(\.labels) == [
                ["base", "more", "all"], ["base", "more", "even half"], ["base", "more", "odd half"],
                ["other", "", ""],
            ])
        let gains = try rows.prefix(3).map { try figure($0.cells[2]) }
        #expect(gains.map(\.value) == [Double(odd.count) / 8, 0, 1])
        #expect(gains.map(\.count) == [8, 8 - odd.count, odd.count] && gains[1].nulls.first?.pValue == 1)
        #expect(try reason(rows.last?.cells[2]).contains("`entente augment`"))
        #expect(try figure(rows.first?.cells[0]).nulls == [PaperNull("guessing", value: 0.25)])

        // Five entries, two of which another class has too.
        let bank = try #require(try tables([more])["A4"]?.rows.first)
        #expect(try figure(bank.cells[2]).value == 2.0 / 5)
        #expect(try reason(bank.cells[3]).contains("--encoder"))
    }
}
