import Foundation
import Testing

@testable import Exploring

struct NodeTests {
    @Test(arguments: HostileTexts.all) func everyTextIsReadBackOutOfATwin(_ text: String) throws {
        let json = try #require(
            Node.record(["a": .text(text), "b": .list([.text(text), .absent, .number(0.1, shown: "x")])]).json)
        let read = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect((read["a"] as? String)?.unicodeScalars.elementsEqual(text.unicodeScalars) == true, "\(json)")
        #expect((read["b"] as? [Any])?.count == 3)
    }

    @Test func aTwinHasAllDigitsAndNothingThatIsOnlyShown() {
        let record: Record = [
            "n": .number(0.1 + 0.2, shown: "0.3"), "c": .count(-5), "f": .flag(true), "d": .drawing("<svg>"),
            "e": .absent,
            "i": .number(.infinity, shown: "–"),
        ]
        #expect(Node.record(record).json == "{\"n\":0.30000000000000004,\"c\":-5,\"f\":true,\"e\":null,\"i\":null}")
    }

    @Test func aTableIsSafeForSpreadsheets() {
        let rows = ["=1+1", "a,b", "x\"y"].map {
            Node.record(["name": .text($0), "svg": .drawing("<svg>"), "n": .count(1)])
        }
        #expect(Node.list(rows).csv == "name,n\n'=1+1,1\n\"a,b\",1\n\"x\"\"y\",1\n")
    }

    @Test func aStatementIsCopiedWithItsValuesAndNoOthers() {
        let values: [Value] = [.text("it's $2"), .text("'; DROP TABLE x; --"), .integer(7), .optionalText(nil)]
        let asked = Asked(what: "x", sql: "SELECT $1, $2, $3, $4, $1", values: values)
        #expect(
            asked.copied
                == "SELECT 'it''s $2', '''; DROP TABLE x; --', 7::bigint, NULL::text, 'it''s $2';")
    }

    @Test func numbersAreShownToPeople() {
        #expect(Format.grouped(1_234_567) == "1\u{202F}234\u{202F}567" && Format.grouped(-1000) == "-1\u{202F}000")
        #expect(Format.grouped(999) == "999" && Format.grouped(0) == "0" && Format.grouped(.min).hasPrefix("-9"))
        #expect(Format.share.shown(0.4567) == "45.7 %" && Format.nats.shown(.nan) == "–")
        #expect(Format.nats.difference(0.5) == .number(0.5, shown: "+0.5000"))
    }
}
