import Concepts
import Inference
import Testbed
import Testing

@testable import Analyzing

@Suite struct ImageAnalyzerTests {
    /// Four pictures of three classes, two of them of one.
    private func images() throws -> [PreparedImage] {
        try (DemoAnalysis.pictures + [DemoAnalysis.pictures(of: DemoAnalysis.classes[0].id.text)[1]]).enumerated().map {
            try DemoAnalysis.prepared($1, label: $0 % 3)
        }
    }

    /// Whatever else is in the batch, a picture's findings are the same to the last bit.
    @Test func sliceAndNeighboursChangeNothing() throws {
        let images = try images()
        let analysis = try DemoAnalysis.shared()
        let together = try ImageAnalyzer(analysis, batchSize: 16).findings(images)
        try #require(together.count == 4)
        #expect(try ImageAnalyzer(analysis, batchSize: 1).findings(images) == together)
        let used = ImageAnalyzer(analysis, batchSize: 3)
        #expect(try used.findings(images) == together)
        #expect(try used.findings(images.reversed()) == together.reversed())
        // And they do differ from each other.
        #expect(together[0] != together[1])
    }

    @Test func findingsAreOfTheAnalysis() throws {
        let analyzer = try ImageAnalyzer(DemoAnalysis.shared(), batchSize: 4)
        let findings = try analyzer.findings(try images())
        #expect(findings.map(\.predictedClass) == [0, 1, 2, 0])
        for image in findings {
            #expect(image.top.count == 3)
            #expect(image.partMethods.map(\.method) == [.kmeans])
            #expect(image.partMethods[0].languageConcepts.count == 4)
            #expect(image.partMethods[0].parts.count == 12 * 12)
        }
        #expect(analyzer.encodeTime > .zero)
    }

    @Test func nothingInNothingOut() throws {
        let analyzer = try ImageAnalyzer(DemoAnalysis.shared(), batchSize: 4)
        #expect(try analyzer.findings([]).isEmpty)
        #expect(analyzer.encodeTime == .zero)
    }

    /// Predictions are what they are beside parts, at one pass a picture; nothing is drawn.
    @Test func predictionsAloneTakeOnePass() throws {
        let images = try images()
        let whole = try ImageAnalyzer(DemoAnalysis.shared(), batchSize: 3).findings(images)
        let analyzer = ImageAnalyzer(try DemoAnalysis.shared { $0.parts.by = [] }, batchSize: 3)
        var drawn = 0
        let found = try analyzer.analyze(images, onDrawings: { _, _ in drawn += 1 }).map { try $0.get() }
        #expect(found.map(\.top) == whole.map(\.top))
        #expect(found.allSatisfy(\.partMethods.isEmpty) && analyzer.groupDigest == nil && drawn == 0)
        #expect(analyzer.encodedPictures == images.count)
    }

    @Test func drawingsAreShownForEachPicture() throws {
        var seen: [Int: Int] = [:]
        let images = try images()
        let findings = try ImageAnalyzer(DemoAnalysis.shared(), batchSize: 3).findings(images) { index, drawings in
            #expect(drawings.parts.map(\.grouping.method) == [.kmeans])
            #expect(drawings.foreground == nil)
            seen[index] = drawings.parts[0].prompts.count
            #expect(drawings.parts[0].prompts.allSatisfy { $0.pictures.count == 3 })
        }
        #expect(seen.keys.sorted() == [0, 1, 2, 3])
        for (index, count) in seen { #expect(findings[index].partMethods[0].boxes.count == count) }
    }

    /// A group has one order, whatever the job's; and who shares an encoder batch changes nothing.
    @Test func aGroupIsDecomposedJointlyInOrderOfItsIds() throws {
        let images = try images()
        let analysis = try DemoAnalysis.shared { method in
            method.decomposition = .group
            method.parts.by = [.pca, .kmeans]
        }
        let together = try ImageAnalyzer(analysis, batchSize: 16).findings(images)
        #expect(try ImageAnalyzer(analysis, batchSize: 3).findings(images.reversed()) == together.reversed())
        let alone = try ImageAnalyzer(analysis, batchSize: 3).findings([images[0]])
        #expect(alone[0].partMethods.map(\.parts) != together[0].partMethods.map(\.parts))
        #expect(together.allSatisfy { $0.partMethods.allSatisfy { !$0.flags.contains(.groupIncomplete) } })
        let incomplete = try ImageAnalyzer(analysis, batchSize: 16).findings(images, isGroupIncomplete: true)
        #expect(incomplete.allSatisfy { $0.partMethods.allSatisfy { $0.flags.contains(.groupIncomplete) } })
    }

    @Test func everyFeatureAndForegroundRuns() throws {
        let images = try images()
        for features in MethodParameters.Features.allCases {
            for score in MethodParameters.Foreground.Score.allCases {
                let analysis = try DemoAnalysis.shared { method in
                    method.features = features
                    method.foreground.by = score
                    method.foreground.crf = score == .svd ? .init() : nil
                    method.parts.by = [.pca, .kmeans]
                }
                let findings = try ImageAnalyzer(analysis, batchSize: 4).findings(Array(images.prefix(2))) {
                    _, drawings in
                    #expect((drawings.foreground != nil) == (score == .svd))
                }
                for image in findings {
                    #expect(image.partMethods.map(\.method) == [.pca, .kmeans])
                    #expect(image.partMethods.allSatisfy { !$0.visionConcepts.isEmpty })
                }
            }
        }
    }

    /// Parts are read from the pass that the picture took anyway, whatever shares the batch and whichever methods meet.
    @Test(arguments: [
        (DenseMethod?.none, DenseMethod?.some(.naclip), 1), (.some(.clipSurgery), nil, 16),
        (.some(.naclip), .some(.naclip), 1),
        (.some(.scClip), .some(.resclip), 2),
    ])
    func denseMethodsFindAndReadParts(features: DenseMethod?, prompting: DenseMethod?, passes: Int) throws {
        let images = try images()
        let analysis = try DemoAnalysis.shared { method in
            if let features { method.features = .dense(features) }
            method.prompting.dense = prompting
        }
        let analyzer = ImageAnalyzer(analysis, batchSize: 4)
        let findings = try analyzer.findings(images) { _, drawings in
            #expect(drawings.parts[0].prompts.isEmpty == (prompting != nil))
        }
        #expect(prompting == nil || analyzer.encodedPictures == passes * images.count)
        #expect(findings.map(\.predictedClass) == [0, 1, 2, 0])
        for image in findings {
            let found = image.partMethods[0]
            #expect(found.key == analysis.analysis.method.key(of: .kmeans) && found.key != "kmeans")
            #expect(!found.visionConcepts.isEmpty && found.parts.contains { $0 >= 0 })
        }
        #expect(try ImageAnalyzer(analysis, batchSize: 1).findings(images) == findings)
        #expect(try findings != ImageAnalyzer(DemoAnalysis.shared(), batchSize: 4).findings(images))
    }

    /// A single part is the whole foreground, whichever method finds it; each finds in it what it finds alone.
    @Test func aPartOfTwoMethodsIsEncodedOnce() throws {
        let images = try images()
        func run(_ methods: [PartMethod], batchSize: Int) throws -> (findings: [ImageFindings], passes: Int) {
            let analysis = try DemoAnalysis.shared { method in
                method.parts.by = methods
                method.parts.count = 1
            }
            let analyzer = ImageAnalyzer(analysis, batchSize: batchSize)
            return (try analyzer.findings(images), analyzer.encodedPictures)
        }
        let (components, means) = (try run([.pca], batchSize: 4), try run([.kmeans], batchSize: 4))
        #expect(components.passes == 4 * images.count && means.passes == 4 * images.count)
        for batchSize in [1, 2, 16] {
            let both = try run([.pca, .kmeans], batchSize: batchSize)
            #expect(both.passes == 4 * images.count)
            for (found, alone) in zip(both.findings, zip(components.findings, means.findings)) {
                #expect(found.partMethods == alone.0.partMethods + alone.1.partMethods)
            }
        }
    }

    /// Foreground and parts are those of the analysis with circles: only how they are read differs.
    @Test func aSinglePassChangesNothingButHowPartsAreRead() throws {
        let images = try images()
        let circles = try ImageAnalyzer(DemoAnalysis.shared(), batchSize: 4).findings(images)
        let pass = try DemoAnalysis.shared { $0.prompting.dense = .naclip }
        for (a, b) in try zip(circles, ImageAnalyzer(pass, batchSize: 4).findings(images)) {
            #expect(a.top == b.top && a.partMethods[0].parts == b.partMethods[0].parts)
            #expect(a.partMethods[0].languageConcepts == b.partMethods[0].languageConcepts)
            #expect(a.partMethods[0].visionConcepts != b.partMethods[0].visionConcepts)
        }
    }
}
