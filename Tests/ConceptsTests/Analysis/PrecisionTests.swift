import Foundation
import Inference
import Testing

@testable import Concepts

@Suite struct PrecisionTests {
    private func analysis(_ precision: Precision, smoothing: Smoothing? = nil) -> Analysis {
        var method = MethodParameters()
        method.precision = precision
        return Analysis(
            model: .init(weights: "w", configuration: "c", tokenizer: "t"),
            classes: [.init(id: "a", name: "a")], descriptors: ["d"], templates: ["{}"], descriptorTemplate: "{}",
            method: method, smoothing: smoothing)
    }

    /// What a calibration finds is part of what is computed; without one an analysis is as it was.
    @Test func aSmoothingIsPartOfTheIdentity() throws {
        let plain = analysis(.int8)
        #expect(!plain.canonicalJSON.contains("smoothing") && plain.methodRevision == MethodStage.narrow.revision)
        let smoothings: [Smoothing] = [.ofModel, .init(exponents: ["l": [1]]), .init(exponents: ["l": [2]])]
        let ids = try smoothings.map { (smoothing: Smoothing) throws -> String in
            let smoothed = analysis(.int8, smoothing: smoothing)
            #expect(smoothed.methodRevision == MethodStage.smoothed.revision && smoothed.smoothingProblem == nil)
            #expect(try JSONDecoder().decode(Analysis.self, from: Data(smoothed.canonicalJSON.utf8)) == smoothed)
            #expect(smoothed.under(plain.method).smoothing == smoothing)
            #expect(smoothed.under(analysis(.fp32).method).id == analysis(.fp32).id)
            return smoothed.id
        }
        #expect(Set(ids + [plain.id]).count == 4)
        let odd = analysis(.bf16, smoothing: .ofModel)
        #expect(odd.smoothingProblem?.contains("method.precision is bf16") == true)
    }

    /// What was registered before there was a choice keeps its bytes.
    @Test func floatsAreNotInTheCanonicalForm() throws {
        let plain = analysis(.fp32)
        #expect(!plain.canonicalJSON.contains("precision"))
        #expect(plain.methodRevision == MethodStage.refinement.revision)
        #expect(!MethodStage.narrow.isUsed(by: plain.method))
        #expect(try JSONDecoder().decode(Analysis.self, from: Data(plain.canonicalJSON.utf8)) == plain)
    }

    @Test(arguments: [Precision.bf16, .int8]) func othersAre(precision: Precision) throws {
        let narrow = analysis(precision)
        #expect(narrow.canonicalJSON.contains("\"precision\":\"\(precision.rawValue)\""))
        // A build that knows nothing of it has no such revision, and leaves the analysis alone.
        #expect(narrow.methodRevision == MethodStage.narrow.revision)
        #expect(MethodStage.narrow.revision > MethodStage.evaluation.revision)
        #expect(Set(Precision.allCases.map { analysis($0).id }).count == 3)
        #expect(try JSONDecoder().decode(Analysis.self, from: Data(narrow.canonicalJSON.utf8)) == narrow)
    }

    /// Errors in an image cost its parts the most; a prediction bears them.
    @Test(arguments: Precision.allCases) func anImageIsOfFloatsWherePartsAreSought(precision: Precision) {
        var method = MethodParameters()
        method.precision = precision
        #expect(method.picturePrecision == .fp32)
        method.parts.by = []
        #expect(method.picturePrecision == precision)
    }

    @Test(arguments: [Precision.bf16, .int8]) func denseMethodsTakeFloatsAlone(precision: Precision) {
        func problems(_ change: (inout MethodParameters) -> Void) -> [String] {
            var method = MethodParameters()
            method.precision = precision
            change(&method)
            return method.rangeProblems.map(\.sentence)
        }
        #expect(problems { _ in } == [])
        // Heads make no pictures out of an image, and judging does.
        #expect(problems { $0.parts.by = [.mmCBM] }.first?.contains("no picture would be narrowed") == true)
        #expect(problems { ($0.parts.by, $0.evaluation) = ([.mmCBM], .init()) } == [])
        #expect(problems { $0.parts.by = [.mmCBM, .kmeans] } == [])
        for (key, change) in [
            ("features", { (method: inout MethodParameters) in method.features = .dense(.naclip) }),
            ("prompting", { (method: inout MethodParameters) in method.prompting.dense = .sclip }),
        ] {
            let said = problems(change)
            #expect(said.count == 1)
            #expect(said.first?.contains("method.precision is \(precision.rawValue)") == true)
            #expect(said.first?.contains("fp32") == true && said.first?.contains("method.\(key)") == true)
        }
    }
}
