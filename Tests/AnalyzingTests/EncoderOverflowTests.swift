import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Analyzing
@testable import Jobs

/// Models whose weights are finite and whose results are not: nothing of them may become a finding.
@Suite struct EncoderOverflowTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func method(_ change: (inout MethodParameters) -> Void) -> MethodParameters {
        var method = DemoAnalysis.method
        change(&method)
        return method
    }

    /// So large that white overflows, and the mean colour, of which next to nothing is left, does not.
    private func brightnessOverflows() throws -> LoadedModel {
        try OverflowingModel.load("visual.conv1.weight", times: 3e19, in: scratch)
    }

    private func failure(_ result: Result<ImageFindings, ImageFailure>) -> ImageFailure? {
        if case .failure(let failure) = result { failure } else { nil }
    }

    @Test func aPictureFailsAlone() throws {
        let model = try brightnessOverflows()
        let analysis = try OverflowingModel.analysis(model, method { $0.prompting.dense = .naclip })
        let plain = OverflowingModel.picture(false, id: "plain", model)
        let white = OverflowingModel.picture(true, id: "white", model)
        let results = try ImageAnalyzer(analysis, batchSize: 2).analyze([white, plain, white, plain, plain])
        try #require(results.count == 5)
        #expect(results.map { failure($0)?.kind } == [.encoderOverflow, nil, .encoderOverflow, nil, nil])
        #expect(failure(results[0])?.description.hasPrefix("white: the model's vision encoder overflows") == true)
        #expect(try ImageAnalyzer(analysis, batchSize: 1).analyze([plain]) == [results[1]])
    }

    /// A group goes on without it, and says so; its digest names those that were decomposed.
    @Test func aGroupGoesOnWithoutIt() throws {
        let model = try brightnessOverflows()
        let analysis = try OverflowingModel.analysis(
            model,
            method {
                $0.decomposition = .group
                $0.prompting.dense = .naclip
            })
        let pictures = [(true, "a"), (false, "b"), (false, "c")].map { OverflowingModel.picture($0, id: $1, model) }
        let analyzer = ImageAnalyzer(analysis, batchSize: 2)
        let results = try analyzer.analyze(pictures)
        #expect(results.map { failure($0)?.kind } == [.encoderOverflow, nil, nil])
        #expect(analyzer.groupDigest == GroupDigest.value(pictures.dropFirst().map { ($0.id, $0.contentHash) }))
        let incomplete = try results.dropFirst().map { try $0.get() }
        #expect(incomplete.allSatisfy { $0.partMethods.allSatisfy { $0.flags.contains(.groupIncomplete) } })
        #expect(try analyzer.analyze(Array(pictures.prefix(1))).map { failure($0)?.kind } == [.encoderOverflow])
    }

    /// The circle that is drawn on the picture is red.
    @Test func aPromptedPictureFailsItsPicture() throws {
        let model = try brightnessOverflows()
        let analysis = try OverflowingModel.analysis(model, DemoAnalysis.method)
        let results = try ImageAnalyzer(analysis, batchSize: 2).analyze([
            OverflowingModel.picture(false, id: "plain", model)
        ])
        #expect(failure(results[0])?.kind == .encoderOverflow)
        #expect(failure(results[0])?.description.hasPrefix("plain, a part of it highlighted: ") == true)
    }

    @Test(arguments: ["text_projection", "ln_final.weight"])
    func aTextIsRefusedAndNeverKept(tensor: String) throws {
        final class Copies: SharedTextStore {
            var kept: [String: Matrix] = [:]
            func load(_ key: String) -> Matrix? { kept[key] }
            func store(_ matrix: Matrix, under key: String) -> Matrix {
                kept[key] = matrix
                return matrix
            }
        }
        let model = try OverflowingModel.load(tensor, times: 3e38, in: scratch)
        let copies = Copies()
        let cache = DemoAnalysis.cache(in: scratch)
        let analysis = try DemoAnalysis.analysis()
        func isRefused() -> Bool {
            do {
                _ = try TextSideBuilder(cache: cache, shared: copies).build(analysis, model: model)
                return false
            } catch {
                return "\(error)".contains("the text \"a photo of a barn dibbet.\", whose embedding holds")
            }
        }
        #expect(isRefused())
        #expect(copies.kept.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: scratch("cache/entente/text")))
        // What an earlier build has stored is not taken either.
        _ = try TextSideBuilder(cache: DemoAnalysis.cache(in: scratch, "other"), shared: copies).build(
            analysis, model: DemoAnalysis.shared().model)
        copies.kept = copies.kept.mapValues { Matrix(rows: $0.rows, columns: $0.columns, repeating: .nan) }
        #expect(!copies.kept.isEmpty && isRefused())
    }
}
