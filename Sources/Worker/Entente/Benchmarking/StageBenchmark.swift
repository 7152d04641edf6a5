import Concepts
import Inference

/// Times the method's stages around the encoder on one core, on made data: 1,000 classes, a bank of descriptors, one part
/// method or several.
struct StageBenchmark {
    static let classes = 1000

    let analysis: Analysis
    private let shape: EncoderShape
    private let interpreter: Interpreter
    private let images: [(picture: Picture, features: PatchFeatures)]
    private var random = MadeNumbers(state: 1)

    /// What the stages made of the images, in order.
    struct Outcome {
        var findings: [ImageFindings] = []
        /// Those of each image that the encoder would see.
        var prompted: [[Picture]] = []
        /// By which each image is judged; empty unless the analysis asks for it.
        var plans: [JudgingPlan] = []
    }

    init(
        partMethods: [PartMethod], images count: Int, shape: EncoderShape = .vitB16, bank: Int = 4000, crf: Bool = true,
        singlePass: DenseMethod? = nil, judge: Bool = false
    ) {
        var random = random
        var method = MethodParameters()
        method.parts.by = partMethods
        if !crf { method.foreground.crf = nil }
        method.prompting.dense = singlePass
        if judge {
            var evaluation = MethodParameters.Evaluation()
            (evaluation.faithfulness, evaluation.foreground) = (.init(), true)
            method.evaluation = evaluation
        }
        let hash = String(repeating: "0", count: 64)
        analysis = Analysis(
            model: .init(weights: hash, configuration: hash, tokenizer: hash),
            classes: (0..<Self.classes).map { .init(id: "\($0)", name: "\($0)") },
            descriptors: (0..<bank).map { "\($0)" }, templates: ["{}"], descriptorTemplate: "{}", method: method)
        self.shape = shape
        let texts = { random.matrix(rows: $0, columns: shape.embedding) }
        interpreter = Interpreter(
            text: TextSide(
                analysis: analysis, classEmbeddings: texts(Self.classes), bankEmbeddings: texts(bank),
                bareEmbeddings: texts(bank)), method: method)
        images = (0..<count).map { number in
            let made = MadePicture(number, &random)
            return (
                made.pixels(width: shape.imageSize, height: shape.imageSize, &random), made.features(shape, &random)
            )
        }
        self.random = random
    }

    /// Runs the stages in the order of the flow.
    mutating func run(_ clock: inout StageClock) -> Outcome {
        BLAS.prepareForLanes()
        let method = analysis.method
        let crf = method.foreground.crf.map { DenseCRF($0) }
        var outcome = Outcome()
        for (picture, features) in images {
            var halfway = StageClock.threadSeconds
            let start = halfway
            let parts = Decomposition.run([features], method: method) { halfway = StageClock.threadSeconds }[0]
            clock.add("foreground", seconds: halfway - start, images: 1)
            clock.add("parts", seconds: StageClock.threadSeconds - halfway, images: 1)
            let foreground = crf.map { crf in
                clock.time("CRF") { ForegroundPixels(refining: parts, on: picture, by: crf) }
            }
            let encoded = read(parts.groupings, within: foreground, on: picture, &clock, &outcome)
            let image = random.matrix(rows: 1, columns: shape.embedding)
            let findings = clock.time("retrieval and agreement") {
                interpreter.findings(imageEmbedding: image.elements, label: nil, parts: encoded)
            }
            outcome.findings.append(findings)
            guard method.evaluation != nil else { continue }
            outcome.plans.append(
                clock.time("judging, plan") {
                    JudgingPlan(
                        picture,
                        explainers: zip(findings.partMethods, parts.groupings).map {
                            PartsExplainer($0, $1, within: foreground, size: picture.width)
                        },
                        stages: parts.foregroundStages(refined: foreground, size: picture.width), method: method,
                        contentHash: [])
                })
        }
        return outcome
    }

    /// What the answers to a plan's pictures amount to.
    ///
    /// - Parameters:
    ///   - embeddings: one a picture of the plan.
    ///   - whole: of the image as it is.
    func curves(
        _ plan: JudgingPlan, _ embeddings: [ArraySlice<Float>], whole: ArraySlice<Float>, _ findings: ImageFindings
    ) -> [JudgedCurve] {
        func answer(_ embedding: ArraySlice<Float>) -> MaskedAnswer {
            interpreter.answer(embedding, predicted: findings.predictedClass)
        }
        return plan.curves(embeddings.map(answer), whole: answer(whole), label: findings.predictedClass)
    }

    /// What an encoder would say of the parts, on the way there: prompted pictures are drawn, or dense features averaged.
    private mutating func read(
        _ groupings: [PartGrouping], within foreground: ForegroundPixels?, on picture: Picture,
        _ clock: inout StageClock, _ outcome: inout Outcome
    ) -> [EncodedParts] {
        if analysis.method.prompting.dense != nil {
            let dense = random.matrix(rows: shape.gridHeight * shape.gridWidth, columns: shape.embedding)
            return clock.time("pooling") {
                groupings.map { grouping in
                    EncodedParts(
                        grouping: grouping,
                        prompted: PartPooling.embeddings(
                            patches: dense, of: grouping, within: foreground, size: picture.width))
                }
            }
        }
        let prompts = clock.time("prompting") {
            let prompting = Prompting(on: picture, within: foreground, parameters: analysis.method.prompting)
            return groupings.map { prompting.pictures(for: $0) }
        }
        outcome.prompted.append(prompts.joined().flatMap(\.pictures))
        return zip(groupings, prompts).map { grouping, prompts in
            EncodedParts(
                grouping: grouping,
                prompted: prompts.map { prompt in
                    PromptedPartEmbeddings(
                        prompt,
                        embeddings: random.matrix(
                            rows: MethodParameters.Prompting.variants, columns: shape.embedding))
                })
        }
    }
}
