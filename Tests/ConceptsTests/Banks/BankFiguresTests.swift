import Foundation
import Inference
import Testing

@testable import Concepts

@Suite struct BankFiguresTests {
    private struct Case: Decodable {
        let name: String
        let lists: [[String]]
        let unique: [String]
        let embeddings: [[Float]]
        let inter_div, overlap: Double
        let intra_div: Double?
        let duplicates, words: Double
    }

    private static func figures(_ bank: Case) throws -> BankFigures {
        let places = Dictionary(uniqueKeysWithValues: zip(bank.unique, bank.unique.indices))
        return BankFigures(
            bank.unique.map { Identifier($0) }, lists: try bank.lists.map { try $0.map { try #require(places[$0]) } },
            hasClasses: true,
            embeddings: Matrix(
                rows: bank.unique.count, columns: bank.embeddings[0].count, elements: bank.embeddings.flatMap { $0 }))
    }

    @Test func figuresAreNumpys() throws {
        for bank: Case in try Golden.cases("banks", in: "descriptors") {
            let found = try Self.figures(bank)
            expectClose(
                [found.interDiv ?? .nan, found.overlap ?? .nan, found.duplicates, found.words],
                [bank.inter_div, bank.overlap, bank.duplicates, bank.words], tolerance: 1e-12, bank.name)
            #expect((found.intraDiv == nil) == (bank.intra_div == nil), "\(bank.name)")
            // The embeddings are floats.
            if let expected = bank.intra_div {
                expectClose([found.intraDiv ?? .nan], [expected], tolerance: 1e-6, bank.name)
            }
            #expect(found.entries == bank.lists.joined().count && found.unique == bank.unique.count)
            #expect(found.classes == bank.lists.count && found.perClass?.most == bank.lists.map(\.count).max())
        }
    }

    @Test func aPlainListHasNoClasses() throws {
        let found = BankFigures(["a b", "c"], lists: [[0, 1, 0]], hasClasses: false)
        #expect(found.classes == nil && found.interDiv == nil && found.overlap == nil && found.intraDiv == nil)
        #expect(found.entries == 3 && found.unique == 2 && found.words == 5.0 / 3)
        let json = try JSONEncoder.sorted(found)
        #expect(json.contains(#""intra_div":null"#) && json.contains(#""per_class":null"#), "\(json)")
    }

    /// Strings that the tokenizer takes for one are duplicates by token alone.
    @Test func tokensTellEntriesApart() {
        let found = BankFigures(
            ["a Beak", "a beak", "legs"], lists: [[0, 1], [2, 2]], hasClasses: true, tokens: [[1, 2], [1, 2], [3]])
        #expect(found.duplicates == 0.25 && found.tokenDuplicates == 0.5)
        #expect(found.interDiv == 0)
    }
}
