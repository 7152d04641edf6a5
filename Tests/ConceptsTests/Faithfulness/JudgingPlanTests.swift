import Inference
import Testing

@testable import Concepts

/// Pictures, curves and areas of whole walks against `tools/golden/faithfulness.py`, whose blur is OpenCV's.
@Suite struct JudgingPlanTests {
    struct Case: Decodable {
        struct Stage: Decodable {
            let name: String, mask: String
            let score: Double
            let predicted: Int
        }
        struct Trial: Decodable {
            let variant: String
            let curves: [String: [Double]]
            let areas: [String: Double], means: [String: Double]
        }
        let explainer: String, picture: String, contentHash: String
        let size: Int, steps: Int, blur: Int, insertionBlur: Int, seed: Int, predicted: Int, classCount: Int
        let weights: [Double], importance: [Double]
        let classes: [Float]
        let masks: [String], deletions: [String], insertions: [String]
        let draws: [Int]
        let label: Int?
        let stages: [Stage]
        let trials: [Trial]
    }

    struct Regions: Explainer {
        let name: String
        let regions: [ExplainedRegion]
    }

    /// Of cosines in single precision, a few times over.
    private static let rounding = 1e-6

    private static let cases = Result { () -> [Case] in try Golden.cases("walks", in: "faithfulness") }

    static func method(_ golden: Case) -> MethodParameters {
        var method = MethodParameters()
        (method.parts.count, method.parts.seed) = (golden.steps, golden.seed)
        var faithfulness = MethodParameters.Faithfulness()
        (faithfulness.blur, faithfulness.insertionBlur) = (golden.blur, golden.insertionBlur)
        (faithfulness.nulls.randomOrder, faithfulness.nulls.randomRegions) = (golden.draws[0], golden.draws[1])
        method.evaluation = .init()
        method.evaluation?.faithfulness = faithfulness
        method.evaluation?.foreground = true
        return method
    }

    private func plan(_ golden: Case, _ method: MethodParameters) throws -> JudgingPlan {
        func mask(_ bits: String) throws -> [Bool] { try Golden.bits(bits, count: golden.size * golden.size) }
        let explainer = Regions(
            name: golden.explainer,
            regions: try zip(golden.masks, golden.importance).map {
                ExplainedRegion(mask: try mask($0), importance: $1, descriptor: nil)
            })
        let digits = golden.contentHash.compactMap(\.hexDigitValue)
        return JudgingPlan(
            try picture(golden), explainers: [explainer],
            stages: try golden.stages.map { .init(name: $0.name, mask: try mask($0.mask)) }, method: method,
            contentHash: stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
    }

    private func picture(_ golden: Case) throws -> Picture {
        Picture(width: golden.size, height: golden.size, pixels: try Golden.bytes(golden.picture))
    }

    /// A linear map of 4×4 mean colours, and the cosines with the case's classes.
    private func answer(_ golden: Case) -> (Picture) -> MaskedAnswer {
        let (cells, side) = (4, golden.size / 4)
        let width = golden.classes.count / golden.classCount
        let text = TextSide(
            analysis: TextSideTests.analysis(classes: golden.classCount, descriptors: 0),
            classEmbeddings: Matrix(rows: golden.classCount, columns: width, elements: golden.classes),
            bankEmbeddings: Matrix(rows: 0, columns: width), bareEmbeddings: Matrix(rows: 0, columns: width))
        let interpreter = Interpreter(text: text, method: MethodParameters())
        return { picture in
            var sums = [Double](repeating: 0, count: cells * cells * 3)
            for (index, value) in picture.pixels.enumerated() {
                let (x, y) = (index / 3 % golden.size, index / 3 / golden.size)
                sums[(y / side * cells + x / side) * 3 + index % 3] += Double(value)
            }
            let means = sums.map { $0 / Double(side * side) / 255 - 0.5 }
            let embedding = (0..<width).map { row in
                Float(means.indices.reduce(0.0) { $0 + golden.weights[row * means.count + $1] * means[$1] })
            }
            return interpreter.answer(embedding, predicted: golden.predicted)
        }
    }

    @Test func curvesAndAreasAreTheReferences() throws {
        for (number, golden) in try Self.cases.get().enumerated() {
            let plan = try plan(golden, Self.method(golden))
            let answer = answer(golden)
            let whole = answer(try picture(golden))
            #expect(whole.predictedClass == golden.predicted, "case \(number)")
            let curves = plan.curves(
                (0..<plan.count).map { answer(plan.picture($0)) }, whole: whole, label: golden.label)
            var expected = 0
            var own: [String: Double] = [:]
            for trial in golden.trials {
                for (metric, points) in trial.curves {
                    expected += 1
                    let name = "case \(number), \(trial.variant), \(metric)"
                    let curve = try #require(
                        curves.first {
                            $0.subject == golden.explainer && $0.variant == trial.variant
                                && $0.metric.rawValue == metric
                        }, "\(name)")
                    let unit = Double(Int64(curve.draws) * curve.metric.unit)
                    let isExact = curve.metric == .accDrop || curve.metric == .accInc
                    expectClose(
                        curve.points.map { Double($0) / unit }, points, tolerance: isExact ? 1e-15 : Self.rounding, name
                    )
                    let area = try #require(trial.areas[metric])
                    expectClose([curve.area], [area], tolerance: Self.rounding, name)
                    expectClose(
                        [try #require(curve.stepMean)], [try #require(trial.means[metric])], tolerance: Self.rounding)
                    if trial.variant == JudgedCurve.importance {
                        own[metric] = area
                        #expect(curve.difference == nil && curve.draws == 1)
                    } else {
                        let difference = Double(try #require(curve.difference)) / (2 * unit)
                        expectClose([difference], [try #require(own[metric]) - area], tolerance: Self.rounding, name)
                    }
                }
            }
            let judged = curves.filter { $0.subject == golden.explainer }
            #expect(judged.count == expected && expected >= 2, "case \(number)")
            try expectStages(curves.filter { $0.subject == JudgedCurve.foreground }, golden, whole)
        }
    }

    private func expectStages(_ curves: [JudgedCurve], _ golden: Case, _ whole: MaskedAnswer) throws {
        #expect(curves.count == golden.stages.count * (golden.label == nil ? 2 : 3))
        for stage in golden.stages {
            func curve(_ metric: JudgedCurve.Metric) -> JudgedCurve? {
                curves.first { $0.variant == stage.name && $0.metric == metric }
            }
            let score = try #require(curve(.score))
            expectClose([score.area], [stage.score], tolerance: Self.rounding)
            #expect(score.difference == whole.score - score.points[0] && score.stepMean == nil)
            #expect(curve(.agreement)?.points == [stage.predicted == golden.predicted ? 1 : 0])
            guard let label = golden.label else {
                #expect(curve(.top1) == nil)
                continue
            }
            let hit: Int64 = stage.predicted == label ? 1 : 0
            #expect(curve(.top1)?.points == [hit])
            #expect(curve(.top1)?.difference == (golden.predicted == label ? 1 : 0) - hit)
        }
    }

    @Test func picturesAreOpenCVsBlurWhereTheRegionsAre() throws {
        for (number, golden) in try Self.cases.get().enumerated() {
            let plan = try plan(golden, Self.method(golden))
            let own = try #require(plan.trials.first { $0.variant == JudgedCurve.importance })
            let image = try picture(golden)
            for (places, digests) in [
                (own.walks[0].deletion, golden.deletions), (own.walks[0].insertion, golden.insertions),
            ] {
                let found = places.map { Golden.digest(($0.map(plan.picture) ?? image).pixels) }
                #expect(found == digests, "case \(number)")
            }
        }
    }

    /// Not more pictures than docs/method.md §20.6 says, and none for what nobody asks for.
    @Test func noPictureIsAskedForTwice() throws {
        for golden in try Self.cases.get() {
            var method = Self.method(golden)
            method.parts.by = [.kmeans]
            method.foreground.crf = nil
            let full = try plan(golden, method)
            #expect(full.count <= method.evaluationPasses)
            #expect(Set((0..<full.count).map { full.picture($0).pixels }).count <= full.count)
            method.evaluation?.foreground = false
            method.evaluation?.faithfulness?.metrics = [.accDrop]
            let half = try plan(golden, method)
            #expect(half.count <= method.evaluationPasses && (half.count < full.count))
            let curves = half.curves(
                (0..<half.count).map { _ in MaskedAnswer(similarity: 0, predictedClass: 0) },
                whole: MaskedAnswer(similarity: 1, predictedClass: 0), label: 0)
            #expect(curves.allSatisfy { $0.metric == .accDrop && $0.points.allSatisfy { $0 == $0.magnitude } })
        }
        // Five parts, each by itself: 2L + 1, and for each null 2L but for the ends and beginnings that it shares.
        let golden = try #require(try Self.cases.get().first)
        var method = Self.method(golden)
        method.evaluation?.foreground = false
        method.evaluation?.faithfulness?.nulls = .init()
        method.evaluation?.faithfulness?.nulls.randomOrder = 0
        method.evaluation?.faithfulness?.nulls.randomRegions = 0
        #expect(try plan(golden, method).count == 2 * golden.steps + 1)
        method.evaluation?.faithfulness?.nulls.randomRegions = 1
        #expect(try plan(golden, method).count == 4 * golden.steps + 1)
    }

    /// Several explainers share the blurred image; each has nulls of its own.
    @Test func explainersShareWhatIsTheSame() throws {
        let golden = try #require(try Self.cases.get().first)
        let method = Self.method(golden)
        let image = try picture(golden)
        let regions = try golden.masks.map {
            ExplainedRegion(
                mask: try Golden.bits($0, count: golden.size * golden.size), importance: 1, descriptor: nil)
        }
        func plan(_ names: [String]) -> JudgingPlan {
            JudgingPlan(
                image, explainers: names.map { Regions(name: $0, regions: regions) }, stages: [], method: method,
                contentHash: [1, 2])
        }
        let (first, second, both) = (plan(["kmeans"]), plan(["pca"]), plan(["kmeans", "pca"]))
        #expect(both.count == first.count + second.count - 1)
        let answer = answer(golden)
        func curves(_ plan: JudgingPlan) -> [JudgedCurve] {
            plan.curves(
                (0..<plan.count).map { answer(plan.picture($0)) }, whole: answer(image), label: golden.label)
        }
        #expect(curves(both) == curves(first) + curves(second))
        #expect(curves(first).map(\.points) != curves(second).map(\.points))
    }
}
