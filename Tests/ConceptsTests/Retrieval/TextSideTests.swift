import Inference
import Testing

@testable import Concepts

@Suite struct TextSideTests {
    static func analysis(classes: Int, descriptors: Int, method: MethodParameters = .init()) -> Analysis {
        Analysis(
            model: .init(weights: "w", configuration: "c", tokenizer: "t"),
            classes: (0..<classes).map { .init(id: "n\($0)", name: "class \($0)") },
            descriptors: (0..<descriptors).map { "descriptor \($0)" }, templates: ["a {}."],
            descriptorTemplate: "{}", method: method)
    }

    static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var generator = SplitMix64(seed: seed)
        return Matrix(
            rows: rows, columns: columns,
            elements: (0..<rows * columns).map { _ in Float.random(in: -1...1, using: &generator) })
    }

    @Test func templatesAreNormalisedThenAveragedThenNormalised() {
        let mean = TextSide.classEmbeddings(from: [
            Matrix(rows: 2, columns: 2, elements: [3, 0, 0, 0]), Matrix(rows: 2, columns: 2, elements: [0, 0.5, 0, 2]),
        ])
        expectClose(
            mean.elements.map(Double.init), [0.70710678, 0.70710678, 0, 1], tolerance: 1e-7)
    }

    @Test func languageListsAreTheNearestDescriptors() {
        var method = MethodParameters()
        method.language.count = 4
        // More classes than are held at a time.
        let (classes, bank) = (Self.random(245, 16, seed: 1), Self.random(30, 16, seed: 2))
        let text = TextSide(
            analysis: Self.analysis(classes: 245, descriptors: 30, method: method), classEmbeddings: classes,
            bankEmbeddings: bank, bareEmbeddings: bank)
        let (unitClasses, unitBank) = (classes.rowsNormalized(), bank.rowsNormalized())
        for index in [0, 1, 100, 239, 240, 244] {
            let cosines = (0..<30).map { descriptor in
                zip(unitClasses.row(index), unitBank.row(descriptor)).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            }
            let list = text.languageConcepts(ofClass: index)
            #expect(list.map(\.descriptor) == Ranking.top(4, of: cosines))
            expectClose(list.map { Double($0.similarity) }, list.map { cosines[$0.descriptor] }, tolerance: 1e-6)
        }
    }

    @Test func repeatedEntriesTieExactlyWherever() {
        // 65 columns of a product reach the edge kernels of every matrix library.
        var bank = Self.random(65, 37, seed: 3)
        for copy in [7, 33, 63, 64] {
            for column in 0..<37 { bank[copy, column] = bank[2, column] }
        }
        let table = EmbeddingTable(bank)
        let products = table.products(with: Self.random(5, 37, seed: 4))
        for query in 0..<5 {
            for copy in [7, 33, 63, 64] { #expect(products[query, copy] == products[query, 2]) }
        }
    }

    @Test func productsAgreeWithTheDoubleSum() {
        let table = EmbeddingTable(Self.random(50, 37, seed: 5))
        let queries = Self.random(13, 37, seed: 6)
        let products = table.products(with: queries)
        #expect(products.rows == 13 && products.columns == 50)
        for query in 0..<13 {
            for entry in 0..<50 {
                let exact = table.product(of: entry, with: Array(queries.row(query)))
                #expect((Double(products[query, entry]) - exact).magnitude < 1e-6)
            }
        }
    }

    @Test func aQueryGetsTheSameBitsInAnyCompany() {
        let table = EmbeddingTable(Self.random(70, 48, seed: 7))
        let queries = Self.random(5, 48, seed: 8)
        let together = table.products(with: queries)
        for query in 0..<5 {
            let alone = table.products(with: Matrix(rows: 1, columns: 48, elements: Array(queries.row(query))))
            #expect(alone.elements == Array(together.row(query)))
        }
    }
}
