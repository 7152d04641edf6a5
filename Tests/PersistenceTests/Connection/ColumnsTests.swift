import Testbed
import Testing

@testable import Persistence

@Suite struct ColumnsTests {
    private struct Row {
        let id: String
        let number: Int?
        let list: [Float]
        let gaps: [[UInt8]?]
        var seldom: [Float] = []
    }

    private let columns = Columns<Row>(
        [
            Column("id", \.id), Column(list: "list", \.list), Column(integer: "number", \.number),
            Column(list: "gaps", \.gaps), Column("length", as: "length(u.length)", \.id),
            Column(list: "seldom", emptyIsNull: true, \.seldom),
        ], from: 2)

    @Test func everyValueComesToItsColumn() throws {
        let connection = try TestDatabase(migrated: false).connect()
        try connection.exec(
            """
            CREATE TABLE t (
                id text PRIMARY KEY, number integer, list real[], gaps bytea[], length integer, seldom real[], tag text)
            """)
        let statement = Statement(
            "entente_test_columns",
            """
            INSERT INTO t (tag, \(columns.names)) SELECT $1, \(columns.values) FROM \(columns.source)
            ON CONFLICT (id) DO UPDATE SET \(columns.updates(behind: 1))
            """)
        func write(_ rows: [Row]) throws {
            try connection.run(statement, [.text("tag")] + columns.parameters(rows))
        }
        try write([
            Row(id: "a", number: nil, list: [], gaps: [[1, 2], nil], seldom: [4]),
            Row(id: "bb", number: .max, list: [0.5, -1], gaps: []),
            Row(id: "c", number: -3, list: [7], gaps: [[]], seldom: [0.25, 0.5]),
        ])
        try write([Row(id: "a", number: 4, list: [1, 2, 3], gaps: [nil, nil])])
        let rows = try connection.query(
            "SELECT id, number, list, gaps, length, tag, seldom, seldom IS NULL FROM t ORDER BY id")
        #expect(try (0..<3).map { try rows.text($0, 0) } == ["a", "bb", "c"])
        #expect(try (0..<3).map { try rows.int($0, 1) } == [4, Int32.max, -3])
        #expect(try (0..<3).map { try rows.reals($0, 2) } == [[1, 2, 3], [0.5, -1], [7]])
        #expect(try (0..<3).map { try rows.optionalByteStrings($0, 3) } == [[nil, nil], [], [[]]])
        #expect(try (0..<3).map { try rows.int($0, 4) } == [1, 2, 1])
        #expect(try (0..<3).allSatisfy { try rows.text($0, 5) == "tag" })
        // Null where there is none, also where there was one.
        #expect(try (0..<3).map { try rows.bool($0, 7) } == [true, true, false])
        #expect(try rows.reals(2, 6) == [0.25, 0.5])
        #expect(columns.count == 12)
    }
}
