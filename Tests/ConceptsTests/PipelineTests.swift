import Inference
import Testing

@testable import Concepts

/// Both phases against a naive reference that was written from the specification.
@Suite struct PipelineTests {
    struct Case: Decodable {
        struct Method: Decodable {
            let seed: Int, count: Int, candidates: Int, perPart: Int, languageCount: Int
            /// nil: without transport.
            let iterations: Int?
            let by: String, parts: String
            let threshold: String, relevance: String, `class`: String
            let offset: Double, lambda: Double
            let label: Int?
        }
        struct Image: Decodable {
            let height: Int, width: Int
            let features: [Float]
            let hash: String
            let labels: [Int]
            let flags: [String]
        }
        struct Part: Decodable {
            let part: Int
            let embeddings: [Float]
        }
        struct Expected: Decodable {
            struct Class: Decodable {
                let `class`: Int
                let similarity: Double
            }
            struct Language: Decodable {
                let descriptor: Int
                let similarity: Double
            }
            struct Vision: Decodable {
                let descriptor: Int
                let relevance: Double
                let parts: [Int]
            }
            let top: [Class]
            let language: [Language]
            let vision: [Vision]
            let mutual: [Int]
            let released: [Double], membership: [Double]
            let nmiMax: Double?, ami: Double?, pValue: Double?
            let flags: [String]
        }
        let method: Method
        let images: [Image]
        let classes: [Float], bank: [Float], bare: [Float], image: [Float]
        let classCount: Int, bankCount: Int, width: Int
        let parts: [Part]
        let expected: Expected

        func parameters() throws -> MethodParameters {
            var parameters = DecompositionTests.method
            parameters.parts.seed = method.seed
            parameters.parts.count = method.count
            parameters.foreground.threshold = try #require(.init(rawValue: method.threshold))
            parameters.retrieval.candidates = method.candidates
            parameters.retrieval.perPart = method.perPart
            parameters.retrieval.relevance = try #require(.init(rawValue: method.relevance))
            parameters.retrieval.offset = method.offset
            parameters.foreground.by = try #require(.init(rawValue: method.by))
            parameters.parts.by = [try #require(.init(rawValue: method.parts))]
            parameters.retrieval.transport = method.iterations.map { iterations in
                var transport = MethodParameters.Retrieval.Transport()
                transport.lambda = method.lambda
                transport.iterations = iterations
                return transport
            }
            parameters.language.class = try #require(.init(rawValue: method.class))
            parameters.language.count = method.languageCount
            #expect(parameters.rangeProblems.isEmpty)
            return parameters
        }

        func findings() throws -> (parts: [ImageParts], findings: ImageFindings) {
            let parameters = try parameters()
            let parts = Decomposition.run(
                images.map {
                    PatchFeatures(
                        values: Matrix(
                            rows: $0.height * $0.width, columns: $0.features.count / ($0.height * $0.width),
                            elements: $0.features),
                        gridHeight: $0.height, gridWidth: $0.width, contentHash: Array(bytes(ofHex: $0.hash)))
                }, method: parameters)
            let text = TextSide(
                analysis: TextSideTests.analysis(
                    classes: classCount, descriptors: bankCount, method: parameters),
                classEmbeddings: Matrix(rows: classCount, columns: width, elements: classes),
                bankEmbeddings: Matrix(rows: bankCount, columns: width, elements: bank),
                bareEmbeddings: Matrix(rows: bankCount, columns: width, elements: bare))
            let encoded = EncodedParts(
                grouping: parts[0].groupings[0],
                prompted: self.parts.map {
                    PromptedPartEmbeddings(
                        part: $0.part, embeddings: Matrix(rows: 3, columns: width, elements: $0.embeddings),
                        ellipseFallback: false)
                })
            let findings = Interpreter(text: text, method: parameters)
                .findings(imageEmbedding: image, label: method.label, parts: [encoded])
            return (parts, findings)
        }

        private func bytes(ofHex hex: String) -> [UInt8] {
            let digits = hex.compactMap(\.hexDigitValue)
            return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
        }
    }

    @Test func phasesGiveWhatTheReferenceGives() throws {
        let cases: [Case] = try Golden.cases("pipelines")
        for (number, golden) in cases.enumerated() {
            let comment: Comment = "case \(number)"
            let (parts, findings) = try golden.findings()
            for (found, expected) in zip(parts, golden.images) {
                #expect(found.groupings[0].labels == expected.labels, comment)
                #expect(found.groupings[0].flags.map(\.rawValue) == expected.flags, comment)
            }
            let expected = golden.expected
            #expect(findings.top.map(\.classIndex) == expected.top.map(\.class), comment)
            expectClose(
                findings.top.map { Double($0.similarity) }, expected.top.map(\.similarity), tolerance: 1e-6)
            let found = findings.partMethods[0]
            #expect(found.languageConcepts.map(\.descriptor) == expected.language.map(\.descriptor), comment)
            expectClose(
                found.languageConcepts.map { Double($0.similarity) }, expected.language.map(\.similarity),
                tolerance: 1e-6)
            #expect(found.visionConcepts.map(\.descriptor) == expected.vision.map(\.descriptor), comment)
            #expect(found.visionConcepts.map(\.parts) == expected.vision.map(\.parts), comment)
            expectClose(
                found.visionConcepts.map { Double($0.relevance) }, expected.vision.map(\.relevance), tolerance: 1e-6)
            #expect(found.mutualDescriptors == expected.mutual, comment)
            let agreement = found.agreement
            for (dynamics, curve) in [
                (agreement.released, expected.released), (agreement.membership, expected.membership),
            ] {
                expectClose(dynamics.curve.map(\.nats), curve, tolerance: 1e-9)
                expectClose([dynamics.auc.nats], [curve.reduce(0, +) / Double(curve.count)], tolerance: 1e-9)
            }
            for (value, wanted) in [
                (agreement.nmiMax, expected.nmiMax), (agreement.ami, expected.ami),
                (agreement.pValue, expected.pValue),
            ] {
                #expect((value == nil) == (wanted == nil), comment)
                if let value, let wanted { expectClose([value], [wanted], tolerance: 1e-8) }
            }
            #expect(found.flags.map(\.rawValue) == golden.images[0].flags + expected.flags, comment)
        }
    }

    @Test func theCasesCoverWhatCanHappen() throws {
        let cases: [Case] = try Golden.cases("pipelines")
        let flags = Set(cases.flatMap { $0.images[0].flags + $0.expected.flags })
        #expect(flags == ["no_foreground", "parts_reduced", "candidates_extended"])
        #expect(cases.contains { $0.expected.mutual.count > 1 })
        #expect(cases.contains { $0.bankCount == 0 })
        #expect(cases.contains { $0.images.count > 1 })
    }

    @Test func sameInputSameFindings() throws {
        let cases: [Case] = try Golden.cases("pipelines")
        for golden in cases {
            let first = try golden.findings()
            let second = try golden.findings()
            #expect(first.parts == second.parts && first.findings == second.findings)
        }
    }

    @Test func anotherOrderOfTheBankNamesTheSameDescriptors() {
        var generator = SplitMix64(seed: 31)
        let (count, width) = (60, 24)
        let classes = TextSideTests.random(5, width, seed: 40)
        let (bank, bare) = (
            TextSideTests.random(count, width, seed: 41), TextSideTests.random(count, width, seed: 42)
        )
        var method = DecompositionTests.method
        method.retrieval.candidates = 30
        method.language.count = 12
        let encoded = EncodedParts(
            grouping: PartGrouping(method: .kmeans, gridHeight: 1, gridWidth: 3, labels: [0, 1, 2]),
            prompted: (0..<3).map {
                PromptedPartEmbeddings(
                    part: $0, embeddings: TextSideTests.random(3, width, seed: UInt64(50 + $0)),
                    ellipseFallback: false)
            })
        /// Findings with the bank's rows in another order, indexes translated back.
        func findings(_ order: [Int]) -> ([Int], [[Int]], [Int], Agreement) {
            func reordered(_ matrix: Matrix) -> Matrix {
                Matrix(rows: count, columns: width, elements: order.flatMap { Array(matrix.row($0)) })
            }
            let text = TextSide(
                analysis: TextSideTests.analysis(classes: 5, descriptors: count, method: method),
                classEmbeddings: classes, bankEmbeddings: reordered(bank), bareEmbeddings: reordered(bare))
            let found = Interpreter(text: text, method: method).findings(
                imageEmbedding: TextSideTests.random(1, width, seed: 60).elements, label: nil, parts: [encoded]
            ).partMethods[0]
            return (
                found.visionConcepts.map { order[$0.descriptor] }, found.visionConcepts.map(\.parts),
                found.languageConcepts.map { order[$0.descriptor] }, found.agreement
            )
        }
        let straight = findings(Array(0..<count))
        #expect(straight.0.count >= 3)
        for _ in 0..<10 {
            let shuffled = findings(generator.distinctIndexes(count, below: count))
            #expect(shuffled == straight)
        }
    }

    /// Two classes of one meaning are both there; a softmax has none of it, and its reports stay as they were.
    @Test func probabilitiesAreOfSigmoidsAlone() {
        let analysis = TextSideTests.analysis(classes: 2, descriptors: 6, method: DecompositionTests.method)
        let text = TextSide(
            analysis: analysis, classEmbeddings: Matrix(rows: 2, columns: 2, elements: [3, 4, 4, 3]),
            bankEmbeddings: Matrix(rows: 6, columns: 2), bareEmbeddings: Matrix(rows: 6, columns: 2))
        func findings(_ score: LogitScore?) -> ImageFindings {
            Interpreter(text: text, method: DecompositionTests.method, score: score)
                .findings(imageEmbedding: [5, 5], label: nil, parts: [])
        }
        func line(_ score: LogitScore?) -> String {
            ReportDocument(analysis).line(image: "a.png", label: nil, findings: findings(score))
        }
        // Both cosines are 7/√50.
        let sigmoid = findings(LogitScore(scale: 10, bias: -8, kind: .sigmoid)).top
        #expect(sigmoid.allSatisfy { abs(($0.probability ?? 0) - 0.869_837) < 1e-4 })
        #expect(sigmoid.map(\.classIndex) == findings(nil).top.map(\.classIndex))
        #expect(line(LogitScore(scale: 10, bias: -8, kind: .sigmoid)).contains("\"probability\":0.869"))
        #expect(line(LogitScore(scale: 10, bias: 0, kind: .softmax)) == line(nil) && !line(nil).contains("probability"))
    }

    @Test func vectorsOfZerosLeaveNumbers() {
        let text = TextSide(
            analysis: TextSideTests.analysis(classes: 2, descriptors: 6, method: DecompositionTests.method),
            classEmbeddings: Matrix(rows: 2, columns: 4), bankEmbeddings: Matrix(rows: 6, columns: 4),
            bareEmbeddings: Matrix(rows: 6, columns: 4))
        let encoded = EncodedParts(
            grouping: PartGrouping(method: .kmeans, gridHeight: 1, gridWidth: 2, labels: [0, 1]),
            prompted: [0, 1].map {
                PromptedPartEmbeddings(part: $0, embeddings: Matrix(rows: 3, columns: 4), ellipseFallback: $0 == 1)
            })
        let findings = Interpreter(text: text, method: DecompositionTests.method)
            .findings(imageEmbedding: [0, 0, 0, 0], label: 1, parts: [encoded])
        #expect(findings.predictedClass == 0)
        #expect(findings.partMethods[0].visionConcepts.map(\.descriptor) == [0, 1, 2])
        #expect(findings.partMethods[0].visionConcepts.allSatisfy { $0.relevance == 0 && $0.parts == [0, 1] })
        #expect(findings.partMethods[0].flags == [.ellipseFallback])
    }
}
