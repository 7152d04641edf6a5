import Foundation
import Testing

@testable import Concepts

@Suite struct MethodParametersTests {
    @Test func defaultsAreInRange() {
        #expect(MethodParameters().rangeProblems.isEmpty)
    }

    @Test func allProblemsAreReportedAtOnce() {
        var method = MethodParameters()
        method.foreground.crf?.weights.smoothness = -1
        method.foreground.crf?.widths.xy = 0.5
        method.foreground.crf?.widths.rgb = .nan
        method.foreground.crf?.widths.spatial = 1001
        method.foreground.crf?.iterations = 0
        method.parts.by = [.pca, .pca]
        method.parts.count = 65
        method.prompting.thickness = 0
        method.prompting.blur = 10
        method.retrieval.candidates = 0
        method.retrieval.perPart = 0
        method.retrieval.offset = .infinity
        method.retrieval.transport?.lambda = 0
        method.retrieval.transport?.iterations = 0
        method.language.count = 0
        #expect(
            method.rangeProblems.map(\.keyPath) == [
                "method.foreground.crf.weights", "method.foreground.crf.widths.xy",
                "method.foreground.crf.widths.rgb", "method.foreground.crf.widths.spatial",
                "method.foreground.crf.iterations", "method.parts.by", "method.parts.count",
                "method.prompting.thickness", "method.prompting.blur",
                "method.retrieval.candidates", "method.retrieval.per_part", "method.retrieval.offset",
                "method.retrieval.transport.lambda", "method.retrieval.transport.iterations", "method.language.count",
            ])
        #expect(
            method.rangeProblems[0].sentence
                == "method.foreground.crf.weights is [10.0, -1.0]; it must be two numbers from 0 to 10000.")
        #expect(method.rangeProblems[6].sentence == "method.parts.count is 65; it must be from 1 to 63.")
    }

    @Test func limitsThemselvesAreFine() {
        var method = MethodParameters()
        for (count, thickness, blur) in [(1, 1, 1), (63, 32, 101)] {
            method.parts.count = count
            method.prompting.thickness = thickness
            method.prompting.blur = blur
            #expect(method.rangeProblems.isEmpty)
        }
        for (weight, width, iterations) in [(0.0, 1.0, 1), (10_000, 1000, 100)] {
            method.foreground.crf?.weights.appearance = weight
            method.foreground.crf?.weights.smoothness = weight
            method.foreground.crf?.widths.xy = width
            method.foreground.crf?.widths.rgb = width
            method.foreground.crf?.widths.spatial = width
            method.foreground.crf?.iterations = iterations
            #expect(method.rangeProblems.isEmpty)
        }
        method.parts.by = [.kmeans, .kmeans]
        method.prompting.blur = 103
        method.retrieval.transport?.lambda = .nan
        #expect(method.rangeProblems.count == 3)
    }

    /// Ids of analyses that are in already may not move by a key that they couldn't have.
    @Test func theEllipseIsEncodedOnlyWhereItIsNotTheDefault() throws {
        func encoded(_ prompting: MethodParameters.Prompting) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(prompting), as: UTF8.self)
        }
        var prompting = MethodParameters.Prompting()
        #expect(try encoded(prompting) == #"{"blur":11,"thickness":1}"#)
        prompting.ellipse = .exact
        #expect(try encoded(prompting) == #"{"blur":11,"ellipse":"exact","thickness":1}"#)
        func decoded(_ json: String) throws -> MethodParameters.Prompting {
            try JSONDecoder().decode(MethodParameters.Prompting.self, from: Data(json.utf8))
        }
        #expect(try decoded(try encoded(prompting)) == prompting)
        #expect(try decoded(#"{"blur":11,"thickness":1}"#) == MethodParameters.Prompting())
        #expect(throws: DecodingError.self) { try decoded(#"{"blur":11,"ellipse":"round","thickness":1}"#) }
        prompting.dense = .naclip
        #expect(try encoded(prompting) == #"{"dense":"naclip","mode":"single_pass"}"#)
    }
}
