import Concepts
import Inference
import Testbed
import Testing

@testable import Analyzing

/// What judging adds to an image's findings, under the demo's model.
@Suite struct JudgingTests {
    private func images() throws -> [PreparedImage] {
        try DemoAnalysis.pictures.enumerated().map { try DemoAnalysis.prepared($1, label: $0 == 2 ? nil : $0) }
    }

    private func analysis(
        _ change: (inout MethodParameters) -> Void = { _ in }
    ) throws -> LoadedAnalysis {
        try DemoAnalysis.shared { method in
            method.parts.by = [.pca, .kmeans]
            method.evaluation = .init()
            method.evaluation?.faithfulness = .init()
            method.evaluation?.foreground = true
            change(&method)
        }
    }

    /// Whatever else is in the batch, the same to the last bit; and the findings are those of an analysis that judges nothing.
    @Test func neighboursChangeNothingAndNothingElseChanges() throws {
        let images = try images()
        let analysis = try analysis { $0.evaluation?.faithfulness?.nulls.randomRegions = 2 }
        let together = try ImageAnalyzer(analysis, batchSize: 16).findings(images)
        #expect(try ImageAnalyzer(analysis, batchSize: 3).findings(images.reversed()) == together.reversed())
        let plain = try ImageAnalyzer(
            DemoAnalysis.shared { $0.parts.by = [.pca, .kmeans] }, batchSize: 5
        ).findings(images)
        #expect(together.map { $0.judged(by: []) } == plain)
    }

    @Test func curvesAreOfThePictureItself() throws {
        let images = try images()
        let analyzer = try ImageAnalyzer(analysis(), batchSize: 4)
        for (image, found) in zip(images, try analyzer.findings(images)) {
            let labelled: Set<JudgedCurve.Metric> = [.accDrop, .accInc, .top1]
            #expect(found.judged.contains { labelled.contains($0.metric) } == (image.label != nil))
            for part in found.partMethods {
                let own = found.judged.filter { $0.subject == part.key }
                #expect(
                    Set(own.map(\.variant))
                        == [JudgedCurve.importance, JudgedCurve.randomOrder, JudgedCurve.randomRegions])
                #expect(own.count == (image.label == nil ? 2 : 4) * 3)
                for curve in own {
                    #expect(curve.steps == 3)
                    switch curve.metric {
                    case .deletion:
                        let whole = MaskedAnswer(
                            similarity: found.top[0].similarity, predictedClass: found.predictedClass)
                        #expect(curve.points[0] == whole.score)
                    case .accDrop: #expect(curve.points[0] == (image.label == found.predictedClass ? 1 : 0))
                    default: break
                    }
                }
                // All parts are gone in the end, in whichever order.
                func last(_ variant: String) -> Int64? {
                    own.first { $0.variant == variant && $0.metric == .deletion }?.points.last
                }
                #expect(last(JudgedCurve.importance) == last(JudgedCurve.randomOrder))
            }
            // Both start from the same blurred picture.
            #expect(Set(found.judged.filter { $0.metric == .insertion }.map { $0.points[0] }).count == 1)
            #expect(
                found.judged.filter { $0.subject == JudgedCurve.foreground && $0.metric == .score }.map(\.variant)
                    == ["nearest", "component"])
        }
    }

    @Test(arguments: [true, false]) func passesStayBelowWhatIsSaid(isRefined: Bool) throws {
        let images = Array(try images().prefix(1))
        let analysis = try analysis { $0.foreground.crf = isRefined ? .init() : nil }
        let analyzer = ImageAnalyzer(analysis, batchSize: 8)
        let found = try analyzer.findings(images)[0]
        let method = analysis.analysis.method
        #expect(analyzer.encodedPictures <= method.passesPerImage)
        // Each null that is left out is the encoder's time saved.
        let less = try self.analysis {
            $0.foreground.crf = isRefined ? .init() : nil
            $0.evaluation?.faithfulness?.nulls.randomOrder = 0
            $0.evaluation?.faithfulness?.nulls.randomRegions = 0
        }
        let cheaper = ImageAnalyzer(less, batchSize: 8)
        let own = try cheaper.findings(images)[0].judged
        #expect(cheaper.encodedPictures < analyzer.encodedPictures)
        #expect(
            own
                == found.judged.filter {
                    $0.variant != JudgedCurve.randomOrder && $0.variant != JudgedCurve.randomRegions
                })
        #expect(own.contains { $0.variant == "crf" } == isRefined)
    }

    @Test func thereIsAReportOfIt() throws {
        let images = Array(try images().prefix(1))
        let analysis = try analysis()
        let found = try ImageAnalyzer(analysis, batchSize: 8).findings(images)[0]
        let document = ReportDocument(analysis.analysis)
        let line = document.line(image: "a", label: nil, findings: found)
        for key in [
            #""judged":{"foreground":{"component":{"agreement":{"area":1,"curve":[1],"step_mean":null}"#,
            #""kmeans":{"importance":{"acc_drop":{"area":"#, #""random_regions":{"#, #""step_mean":1."#,
        ] { #expect(line.contains(key), "\(key)") }
        #expect(!document.line(image: "a", label: nil, findings: found.judged(by: [])).contains("judged"))
    }
}
