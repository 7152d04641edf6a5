import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Analyzing

/// EZPC's map on disk: read as it was written, and refused where it does not belong.
@Suite struct ConceptMapFileTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func refusal(_ analysis: Analysis, _ classes: Matrix) -> String {
        let error = #expect(throws: InferenceError.self) {
            try ConceptMapFile.map(folder: scratch.path, of: analysis, classes: classes)
        }
        return error.map { "\($0)" } ?? ""
    }

    @Test func isReadAsItWasWritten() throws {
        let loaded = try DemoAnalysis.shared()
        let (analysis, classes) = (loaded.analysis, loaded.classEmbeddings)
        #expect(refusal(analysis, classes).contains("map.safetensors is missing; name a folder that entente train"))
        // Each row has another one's place.
        let bank = loaded.bankEmbeddings
        let turned = bank.elements.dropFirst(bank.columns) + bank.elements.prefix(bank.columns)
        try ConceptMapFile.write(
            .init(loss: 1, rows: turned.map(Double.init)), of: analysis, notes: ["loss": "1"], folder: scratch.path)
        let map = try ConceptMapFile.map(folder: scratch.path, of: analysis, classes: classes)
        let plain = ConceptMap(descriptors: bank, classes: classes)
        let image = Array(classes.row(1))
        let expected = plain.contributions(image, toClass: 2)
        #expect(map.contributions(image, toClass: 2) == Array(expected.dropFirst() + expected.prefix(1)))
        // Parts are none of its business, and the classes' templates are.
        var method = analysis.method
        (method.features, method.parts.by) = (.keys, [.pca])
        let others = try DemoAnalysis.analysis(method: method)
        #expect(throws: Never.self) {
            try ConceptMapFile.map(folder: scratch.path, of: others, classes: classes)
        }
        let worded = try DemoAnalysis.analysis(templates: ["{}"])
        #expect(
            refusal(worded, classes).contains("trained with the templates")
                && refusal(worded, classes).contains("train it for this analysis, or leave out --map"))
    }

    @Test func numbersOfAnotherSizeAreRefused() throws {
        let loaded = try DemoAnalysis.shared()
        try ConceptMapFile.write(
            .init(loss: 1, rows: [Double](repeating: 1, count: loaded.analysis.descriptors.count * 3)),
            of: loaded.analysis, notes: [:], folder: scratch.path)
        let words = refusal(loaded.analysis, loaded.classEmbeddings)
        #expect(words.contains("tensor map is [12, 3]") && words.contains("train it anew"))
    }
}
