import Testbed
import Testing

@testable import Persistence

@Suite struct ImageScoreExportTests {
    @Test func columnsAreTheViews() throws {
        let rows = try TestDatabase().connect().query(
            """
            SELECT attname::text FROM pg_attribute WHERE attrelid = 'entente.image_scores'::regclass AND attnum > 0
                AND attname <> 'flags_text'
            ORDER BY attnum
            """)
        #expect(try (0..<rows.count).map { try rows.text($0, 0) } == ImageScoreExport.columns)
    }

    @Test func everyRowOfTheAnalysisOverPages() throws {
        let connection = try TestDatabase().connect()
        let id = try Fixture.register(on: connection)
        let other = try Fixture.register("b", on: connection)
        var rng = Seeded(3)
        try BatchWriter(connection).write(
            WriteBatch(
                results: (0..<1005).map { Fixture.randomRow("image \($0)", analysisID: id, &rng) }
                    + [Fixture.row("image 0", analysisID: other, label: nil)]))
        var cells: [[String?]] = []
        try ImageScoreExport(connection, analysisID: id).forEachRow { cells.append($0) }
        #expect(cells.count == 2010 && cells.allSatisfy { $0.count == ImageScoreExport.columns.count && $0[0] == id })
        let keys = cells.map { "\($0[1] ?? "")/\($0[2] ?? "")" }
        #expect(keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } && Set(keys).count == 2010)

        var objects: [String] = []
        var single: [[String?]] = []
        let export = ImageScoreExport(connection, analysisID: other)
        try export.forEachObject { objects.append($0) }
        try export.forEachRow { single.append($0) }
        #expect(objects.count == 1 && single.count == 1)
        let object = try #require(objects.first)
        #expect(!object.contains("\n"))
        for expected in [#""image_id":"image 0""#, #""label":null"#, #""ami":null"#, #""flags":[]"#] {
            #expect(object.contains(expected), "\(object)")
        }
        func cell(_ name: String) -> String? {
            ImageScoreExport.columns.firstIndex(of: name).flatMap { single[0][$0] }
        }
        #expect(cell("probability") == nil && object.contains(#""probability":null"#))
        #expect(cell("label") == nil && cell("hit_at_1") == nil && cell("ami") == nil)
        #expect(cell("nmi_max") == "0.25" && cell("predicted") == "n00" && cell("flags") == "")
        #expect(cell("written_at")?.hasSuffix("Z") == true)
    }
}
