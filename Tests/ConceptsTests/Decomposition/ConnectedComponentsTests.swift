import Testing

@testable import Concepts

@Suite struct ConnectedComponentsTests {
    struct Case: Decodable {
        let height: Int, width: Int
        let mask: [Int], labels: [Int], kept: [Int]
    }

    @Test func areThoseOfScikitImage() throws {
        let cases: [Case] = try Golden.cases("components")
        for (number, golden) in cases.enumerated() {
            let components = ConnectedComponents(
                of: golden.mask.map { $0 == 1 }, height: golden.height, width: golden.width)
            #expect(components.labels == golden.labels, "case \(number)")
            let counts = Dictionary(golden.labels.filter { $0 >= 0 }.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(components.sizes == counts.keys.sorted().map { counts[$0] }, "case \(number)")
        }
    }

    @Test func cornersConnect() {
        let components = ConnectedComponents(of: [true, false, false, true], height: 2, width: 2)
        #expect(components.sizes == [2])
    }
}
