import Concepts
import Foundation
import Persistence
import SwiftCSV
import Testbed
import Testing

@testable import Reporting

@Suite struct ExportTests {
    @Test func fieldsAreQuotedWhereTheyMustBe() throws {
        #expect(csvLine(["a", nil, "", "1.5"]) == "a,,\"\",1.5")
        let odd = ["a,b", "say \"so\"", "two\nlines", " led", "trailed ", "\r", "\"", "é"]
        #expect(csvLine(Array(odd.prefix(2))) == "\"a,b\",\"say \"\"so\"\"\"")
        // What another reader makes of it.
        let table = try CSV<Enumerated>(
            string: "1,2,3,4,5,6,7,8\n" + csvLine(odd) + "\n", delimiter: .comma, loadColumns: false)
        #expect(table.rows == [odd])
    }

    /// A mark joins a quote before it to Swift, and to no reader of CSV.
    @Test func marksHideNoQuote() {
        #expect(csvLine(["\"\u{301},x"]) == "\"\"\"\u{301},x\"")
        #expect(csvLine(["a,\u{301}", " \u{301}"]) == "\"a,\u{301}\",\" \u{301}\"")
    }

    @Test(arguments: [
        ("=1+1", true), ("+cmd|' /C calc'!A0", true), ("-2+3", true), ("@SUM(A1)", true), ("\t=1", true),
        ("\r=1", true),
        (" =1", true), ("=\u{301}1", true), ("\u{ff1d}1", true), ("\u{feff}=1", true), ("-", true), ("+49 30 1", true),
        ("-0.5", false), ("3e-09", false), ("+1", false), ("a=b", false), ("", false), ("'=1", false),
        ("hill/-1.jpg", false),
    ]) func formulasGetAnApostropheWhereItIsAskedFor(cell: String, isFormula: Bool) throws {
        let line = csvLine(["x", cell], isSpreadsheetSafe: true)
        let read = try CSV<Enumerated>(string: "1,2\n" + line + "\n", delimiter: .comma, loadColumns: false).rows
        #expect(read == [["x", isFormula ? "'" + cell : cell]])
        #expect(csvLine(["x", cell]) == csvLine(["x"]) + "," + csvLine([cell]))
        #expect(csvLine([nil, "a"], isSpreadsheetSafe: true) == ",a")
    }

    /// The bounds are where the score test's statistic is z: `(share - p)² = z² p (1 - p) / n`.
    @Test(arguments: [(1, 10), (5, 10), (9, 10), (274, 280), (1, 1_000_000)])
    func wilsonBoundsSolveTheScoreEquation(hits: Int, count: Int) throws {
        let interval = try #require(wilsonInterval(hits, of: count))
        let (share, n) = (Double(hits) / Double(count), Double(count))
        for p in [interval.lowerBound, interval.upperBound] {
            let (left, right) = ((share - p) * (share - p), 1.959963984540054 * 1.959963984540054 * p * (1 - p) / n)
            #expect(abs(left - right) < 1e-9 * right, "\(p)")
        }
        #expect(interval.lowerBound < share && share < interval.upperBound)
    }

    @Test func wilsonHoldsAtTheEnds() throws {
        let (none, all) = (try #require(wilsonInterval(0, of: 10)), try #require(wilsonInterval(10, of: 10)))
        #expect(none.lowerBound == 0 && abs(none.upperBound - 0.2775328) < 1e-6)
        #expect(all.upperBound == 1 && abs(all.lowerBound - 0.7224672) < 1e-6)
        #expect(wilsonInterval(0, of: 0) == nil)
    }

    private func summary(labelled: Int) -> DatasetSummary {
        var accumulator = DatasetAccumulator(
            languageLists: [[0]], bankSize: 4, predictedClasses: [0], shuffles: 0, seed: 0)
        let curve = Agreement.Dynamics(curve: [NanoNats(count: 3), NanoNats(count: 0)], auc: NanoNats(count: 2))
        accumulator.add(
            DatasetImage(
                label: 0, predicted: 0, languageClass: 0, vision: [0], released: curve, membership: curve))
        return DatasetSummary(
            analysis: "id", dataset: "a, b", model: "m", pretrained: "p",
            accuracy: Accuracy(
                images: 8, labelled: labelled, hitsAt1: labelled / 2, hitsAt5: labelled),
            statistics: accumulator.statistics(resamples: 5, seed: 0).map { [("kmeans", $0)] } ?? [])
    }

    @Test func aSummaryHasTheNamesOfOthers() throws {
        let summary = summary(labelled: 4)
        #expect(
            summary.metrics.map(\.name) == [
                "acc1", "acc5", "mi_kmeans_released", "auc_kmeans_released", "auc_padded_kmeans_released",
                "mi_kmeans_membership", "auc_kmeans_membership", "auc_padded_kmeans_membership",
            ])
        #expect(
            csvLine(DatasetSummary.csvHeader)
                == "dataset,model,pretrained,task,metrics,value,n,ci_lower,ci_upper,analysis")
        let rows = summary.csvRows
        #expect(rows.allSatisfy { $0.count == DatasetSummary.csvHeader.count })
        #expect(csvLine(rows[0]).hasPrefix("\"a, b\",m,p,zeroshot_classification,acc1,0.5,4,0.15"))
        #expect(rows[2][5] == "3e-09" && rows[2][6] == "1")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(summary.json().utf8)) as? [String: Any])
        #expect(
            object.keys.sorted() == [
                "analysis", "confidence_intervals", "dataset", "metrics", "model", "n", "n_labelled", "pretrained",
                "task",
            ])
        #expect((object["metrics"] as? [String: Any])?["acc5"] as? Double == 1)
        #expect(object["n"] as? Int == 8 && object["n_labelled"] as? Int == 4)
    }

    @Test func whatIsUndefinedIsEmptyOrNull() throws {
        let summary = summary(labelled: 0)
        #expect(csvLine(summary.csvRows[0]) == "\"a, b\",m,p,zeroshot_classification,acc1,,0,,,id")
        let json = try summary.json()
        #expect(json.contains("\"acc1\":null"), "\(json)")
    }
}
