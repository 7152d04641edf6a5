import Foundation
import Inference
import Testbed
import Testing

@testable import Entente

@Suite struct MadeTextsTests {
    private let texts: MadeTexts

    init() throws { texts = try MadeTexts(classes: 50, descriptors: 600, share: Checkout.root + "/share") }

    @Test func listsAreThoseOfAnAnalysis() throws {
        try #require(texts.lists.count == 3)
        #expect(texts.lists.map(\.count) == [400, 600, 600])
        for list in texts.lists { #expect(Set(list).count == list.count) }
        #expect(texts.lists[0].allSatisfy { !$0.contains("{}") && !$0.contains("  ") })
        #expect(texts.lists[0].prefix(50).allSatisfy { $0.hasPrefix("itap of a ") && $0.hasSuffix(".") })
        #expect(texts.lists[1] == texts.lists[2].map { "a photo showing " + $0 })
        // The same on every machine and at every run.
        #expect(try MadeTexts(classes: 50, descriptors: 600, share: Checkout.root + "/share").lists == texts.lists)
    }

    @Test func rowsEndWithTheHighestID() {
        let lists = texts.tokens(context: 12, vocabulary: 5000)
        for (list, rows) in zip(texts.lists, lists) {
            #expect(rows.count == list.count)
            for row in rows {
                #expect(row.count == 12 && row[0] == 4998 && row.allSatisfy { 0..<5000 ~= $0 })
                #expect(row.filter { $0 == 4999 }.count == 1)
                #expect(row[(row.firstIndex(of: 4999) ?? 11)...].dropFirst().allSatisfy { $0 == 0 })
            }
        }
        // Of an ample context rows differ as their texts do.
        for rows in texts.tokens(context: 77, vocabulary: 5000) { #expect(Set(rows).count == rows.count) }
    }

    @Test func withoutTheFilesTheSettingIsNamed() {
        let failure = #expect(throws: CommandFailure.self) {
            try MadeTexts(classes: 1, descriptors: 1, share: "/nowhere")
        }
        #expect(failure.map { "\($0)".contains("ENTENTE_SHARE") } == true)
    }

    /// What is measured is what an analysis does: fewer rows than tokens, all texts in both.
    @Test func theBenchmarkCountsWhatIsShared() throws {
        let model = """
            {"embed_dim": 8, "vision_cfg": {"image_size": 8, "patch_size": 8, "width": 64, "layers": 1},
             "text_cfg": {"context_length": 24, "vocab_size": 5000, "width": 8, "heads": 2, "layers": 1}}
            """
        let encoder = try #require(try RandomEncoder.makeText(architecture: Data(model.utf8), named: "small"))
        let result = try TextBenchmark(
            architecture: "small", encoder: encoder, texts: texts, lanes: 2, rounds: 1
        ).run()
        #expect(result.texts == 1600 && result.lanes == 2)
        let tokens = texts.tokens(context: 24, vocabulary: 5000).flatMap { $0 }
        #expect(result.tokenRows == tokens.reduce(0) { $0 + (($1.firstIndex(of: 4999) ?? 0) + 1) })
        #expect(result.computedRows < result.tokenRows * 7 / 10)
        #expect(result.seconds > 0 && result.plainSeconds > 0)
    }
}
