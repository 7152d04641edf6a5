import Inference

/// The pictures by which an image's explanations are judged, each of them once (docs/method.md §20).
public struct JudgingPlan: Sendable {
    /// A way through the regions: after each step which of ``maskings`` the model sees, nil for the image as it is.
    struct Walk: Sendable {
        let deletion: [Int?]
        let insertion: [Int?]
    }

    /// The draws of one explainer and one order of its regions.
    struct Trial: Sendable {
        let explainer: String
        let variant: String
        let walks: [Walk]
    }

    /// What of the image a stage of the foreground shows.
    public struct Stage: Sendable {
        public let name: String
        /// `[S, S]` raster.
        public let mask: [Bool]

        public init(name: String, mask: [Bool]) {
            self.name = name
            self.mask = mask
        }
    }

    private let picture: Picture
    /// Of each explainer its regions, and behind them the foreground's stages.
    private let masks: [[[Bool]]]
    /// By the kernel's side.
    private let blurred: [Int: [UInt8]]
    private let maskings: [Masking]
    let trials: [Trial]
    let stages: [(name: String, masking: Int)]
    let metrics: [MethodParameters.Faithfulness.Metric]

    /// - Parameters:
    ///   - picture: the S×S picture that the encoder saw.
    ///   - explainers: with unlike names.
    ///   - stages: of the foreground; looked at only if the evaluation asks for it.
    ///   - method: with a ``MethodParameters/evaluation``.
    ///   - contentHash: SHA-256 of the image's bytes.
    public init(
        _ picture: Picture, explainers: [any Explainer], stages: [Stage], method: MethodParameters, contentHash: [UInt8]
    ) {
        let regions = explainers.map(\.regions)
        var catalogue = Catalogue()
        var trials: [Trial] = []
        if let faithfulness = method.evaluation?.faithfulness {
            for (source, explainer) in explainers.enumerated() {
                let ranked = Ranking.top(regions[source].count, of: regions[source].map(\.importance))
                func walk(_ order: [Int], _ shift: Masking.Shift? = nil) -> Walk {
                    catalogue.walk(
                        source, order, shift: shift, steps: method.parts.count, faithfulness: faithfulness)
                }
                func generators(_ null: String, _ draws: Int) -> [SplitMix64] {
                    (0..<draws).map { draw in
                        SplitMix64(
                            seed: NullSeed.value(
                                methodSeed: method.parts.seed, contentHash: contentHash, explainer: explainer.name,
                                null: null, draw: draw))
                    }
                }
                let reordered = generators(JudgedCurve.randomOrder, faithfulness.nulls.randomOrder).map {
                    var generator = $0
                    return walk(generator.distinctIndexes(ranked.count, below: ranked.count))
                }
                let moved = generators(JudgedCurve.randomRegions, faithfulness.nulls.randomRegions).map {
                    var generator = $0
                    return walk(ranked, .random(of: picture, by: &generator))
                }
                trials += [
                    (JudgedCurve.importance, [walk(ranked)]), (JudgedCurve.randomOrder, reordered),
                    (JudgedCurve.randomRegions, moved),
                ].filter { !$0.1.isEmpty }.map { Trial(explainer: explainer.name, variant: $0.0, walks: $0.1) }
            }
        }
        let shown = method.evaluation?.foreground == true ? stages : []
        let blur = (method.evaluation?.faithfulness ?? .init()).blur
        self.stages = shown.indices.compactMap { stage in
            catalogue.number(
                Masking(isWhole: false, source: explainers.count, regions: [stage], blur: blur)
            ).map { (shown[stage].name, $0) }
        }
        self.picture = picture
        masks = regions.map { $0.map(\.mask) } + [shown.map(\.mask)]
        metrics = method.evaluation?.faithfulness?.metrics ?? []
        maskings = catalogue.maskings
        self.trials = trials
        blurred = Dictionary(
            uniqueKeysWithValues: Set(maskings.map(\.blur)).map { ($0, GaussianBlur.applied(to: picture, size: $0)) })
    }

    /// How many pictures there are.
    public var count: Int { maskings.count }

    /// S×S, made anew at each call.
    public func picture(_ index: Int) -> Picture {
        let masking = maskings[index]
        return masking.picture(of: picture, blurred: blurred[masking.blur] ?? [], masks: masks[masking.source])
    }
}
