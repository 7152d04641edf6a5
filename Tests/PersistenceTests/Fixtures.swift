import Concepts
import Inference
import Testbed

@testable import Persistence

/// SplitMix64: the same cases in every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

enum Fixture {
    static let classCount = 6
    static let descriptorCount = 20

    static func analysis(_ tag: String = "a", weights: String? = nil) -> Analysis {
        var method = MethodParameters()
        method.parts.by = [.pca, .kmeans]
        return Analysis(
            model: .init(weights: weights ?? "weights \(tag)", configuration: "c", tokenizer: "t"),
            classes: (0..<classCount).map { .init(id: "n0\($0)", name: "class \($0)") },
            descriptors: (0..<descriptorCount).map { "descriptor \($0)" },
            templates: ["a photo of a {}."], descriptorTemplate: "a photo showing {}", method: method)
    }

    /// Registers ``analysis(_:)`` and gives its id.
    static func register(_ tag: String = "a", on connection: Connection) throws -> String {
        let analysis = analysis(tag)
        try AnalysisStore(connection).register(analysis, name: "name \(tag)")
        return analysis.id
    }

    static func dynamics(_ curve: [Int64]) -> Agreement.Dynamics {
        .init(curve: curve.map(NanoNats.init), auc: NanoNats(count: curve.reduce(0, +) / Int64(curve.count)))
    }

    /// - Parameters:
    ///   - vision: descriptor indexes, most relevant first.
    ///   - language: descriptor indexes.
    static func parts(
        _ method: PartMethod, vision: [Int], language: [Int], released: [Int64], membership: [Int64],
        flags: [PartFindings.Flag] = []
    ) -> PartFindings {
        PartFindings(
            method: method, gridHeight: 2, gridWidth: 3, parts: [-1, 0, 0, 1, 1, -1],
            boxes: [
                .init(part: 0, top: 0, left: 1, bottom: 0, right: 2),
                .init(part: 1, top: 1, left: 0, bottom: 1, right: 1),
            ],
            visionConcepts: vision.enumerated().map {
                .init(descriptor: $1, relevance: 0.75 - Float($0) / 64, parts: $0 % 2 == 0 ? [0, 2] : [1])
            },
            languageConcepts: language.map { .init(descriptor: $0, similarity: 0.5) },
            agreement: Agreement(
                released: dynamics(released), membership: dynamics(membership), nmiMax: 0.25, ami: nil, pValue: 0.0625),
            flags: flags)
    }

    static func findings(predicted: Int, parts: [PartFindings]) -> ImageFindings {
        let others = (0..<classCount).filter { $0 != predicted }.prefix(4)
        let top = [predicted] + others
        return ImageFindings(
            top: top.enumerated().map { .init(classIndex: $1, similarity: 0.5 - Float($0) / 32) }, partMethods: parts)
    }

    static func row(
        _ id: Identifier, analysisID: String, label: Int? = 0, findings: ImageFindings? = nil,
        submission: Identifier? = nil,
        force: Bool = false, worker: String = "w", shard: Int = 0
    ) -> ImageRow {
        ImageRow(
            analysisID: analysisID, image: ImageReference(id: id, uri: "file:///\(id)", label: label.map { "n0\($0)" }),
            labelIndex: label, contentHash: "00", submissionID: submission, force: force, worker: worker,
            kernelSet: "Haswell", methodRevision: 1, timings: .init(fetch: 1, decode: 2, encode: 3, concepts: 4),
            shard: shard,
            findings: findings
                ?? Self.findings(
                    predicted: 0,
                    parts: [
                        parts(.kmeans, vision: [3, 1], language: [1, 2], released: [9, 6, 0], membership: [4, 2, 0])
                    ]))
    }

    static func randomFindings(_ rng: inout Seeded) -> ImageFindings {
        let parts = [PartMethod.pca, .kmeans].map { method in
            let vision = Array((0..<descriptorCount).shuffled(using: &rng).prefix(Int.random(in: 0...6, using: &rng)))
            let language = Array((0..<descriptorCount).shuffled(using: &rng).prefix(5))
            func curve() -> [Int64] { vision.map { _ in Int64.random(in: 0...9_000_000_000, using: &rng) } + [0] }
            return Self.parts(
                method, vision: vision, language: language, released: curve(), membership: curve(),
                flags: PartFindings.Flag.allCases.filter { _ in Bool.random(using: &rng) })
        }
        return findings(predicted: Int.random(in: 0..<classCount, using: &rng), parts: parts)
    }

    /// Of a part method with its nulls and of the foreground, as an analysis that judges its explanations has them.
    static func randomCurves(isLabelled: Bool, _ rng: inout Seeded) -> [JudgedCurve] {
        func points(_ count: Int, _ highest: Int64) -> [Int64] {
            (0..<count).map { _ in Int64.random(in: 0...highest, using: &rng) }
        }
        var curves: [JudgedCurve] = []
        for (variant, draws) in [
            (JudgedCurve.importance, 1), (JudgedCurve.randomOrder, 2), (JudgedCurve.randomRegions, 3),
        ] {
            func difference() -> Int64? {
                variant == JudgedCurve.importance ? nil : Int64.random(in: -9...9, using: &rng)
            }
            curves.append(
                JudgedCurve(
                    subject: "kmeans", variant: variant, metric: .deletion, draws: draws,
                    points: points(4, 900_000_000), difference: difference()))
            guard isLabelled else { continue }
            curves.append(
                JudgedCurve(
                    subject: "kmeans", variant: variant, metric: .accDrop, draws: draws,
                    points: points(4, Int64(draws)), difference: difference()))
        }
        for metric in [JudgedCurve.Metric.score, .agreement] + (isLabelled ? [.top1] : []) {
            curves.append(
                JudgedCurve(
                    subject: JudgedCurve.foreground, variant: "nearest", metric: metric, points: points(1, 1),
                    difference: metric == .agreement ? nil : Int64.random(in: -1...1, using: &rng)))
        }
        return curves
    }

    static func randomRow(_ id: Identifier, analysisID: String, _ rng: inout Seeded, shard: Int? = nil) -> ImageRow {
        // An image has one label, or none.
        let label = id.text.utf8.reduce(0) { $0 + Int($1) } % (classCount + 1)
        let isLabelled = label < classCount
        // Of a generator of their own, so that all else is drawn as it is without them.
        var own = rng
        let found = randomFindings(&rng).judged(by: randomCurves(isLabelled: isLabelled, &own))
        return row(
            id, analysisID: analysisID, label: isLabelled ? label : nil, findings: found,
            shard: shard ?? Int.random(in: 0..<4, using: &rng))
    }

    static func failure(
        _ id: Identifier?, analysisID: String?, offset: Int64 = 0, kind: String = "damaged_image", shard: Int = 0
    ) -> FailedImage {
        FailedImage(
            source: MessageSource(topic: "jobs", partition: 1, offset: offset), analysisID: analysisID,
            image: id.map { ImageReference(id: $0, uri: "file:///\($0)") }, kind: kind, message: "It is damaged.",
            attempts: 2, worker: "w", shard: shard)
    }
}
