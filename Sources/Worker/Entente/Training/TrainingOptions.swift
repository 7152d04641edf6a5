import ArgumentParser
import Concepts

/// How `train` trains. What a baseline has no use for is refused by name.
struct TrainingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Times that each picture is seen (\(HeadSettings().epochs); of ezpc \(ConceptMapSettings().epochs)).",
            valueName: "n"))
    var epochs: Int?

    @Option(help: ArgumentHelp("Pictures of a step (\(HeadSettings().batch); not of ezpc).", valueName: "n"))
    var batch: Int?

    @Option(
        help: ArgumentHelp(
            "Adam's rate at first (\(HeadSettings().rate); of ezpc throughout, \(ConceptMapSettings().rate)).",
            valueName: "rate"))
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "Adam's rate at last; in between half a cosine (\(HeadSettings().finalRate); not of ezpc).",
            valueName: "rate"))
    var finalRate: Double?

    @Option(
        help: ArgumentHelp(
            "Width in which texts and patches meet (\(HeadSettings().width); of mm_cbm and mm_protosim).",
            valueName: "n"))
    var width: Int?

    @Option(
        help: ArgumentHelp(
            "Temperature of the Gumbel-softmax (\(HeadSettings().temperature); of mm_protosim).", valueName: "t"))
    var temperature: Double?

    @Option(
        help: ArgumentHelp(
            "Side of a dropped block in patches (\(HeadSettings().block); of feature_maps).", valueName: "n"))
    var block: Int?

    @Option(
        help: ArgumentHelp(
            "Share of patches that is dropped (\(HeadSettings().drop); of feature_maps).", valueName: "share"))
    var drop: Double?

    @Option(
        help: ArgumentHelp(
            "What the classes' scores count for beside nearness to the descriptors (\(ConceptMapSettings().weight); of ezpc).",
            valueName: "w"))
    var weight: Double?

    @Option(
        help: ArgumentHelp(
            "What everything random is drawn by (\(HeadSettings().seed); not of ezpc, which draws nothing).",
            valueName: "n"))
    var seed: Int?

    var headSettings: HeadSettings {
        var settings = HeadSettings()
        settings.epochs = epochs ?? settings.epochs
        settings.batch = batch ?? settings.batch
        settings.rate = rate ?? settings.rate
        settings.finalRate = finalRate ?? settings.finalRate
        settings.width = width ?? settings.width
        settings.temperature = temperature ?? settings.temperature
        settings.block = block ?? settings.block
        settings.drop = drop ?? settings.drop
        settings.seed = seed ?? settings.seed
        return settings
    }

    var mapSettings: ConceptMapSettings {
        var settings = ConceptMapSettings()
        settings.epochs = epochs ?? settings.epochs
        settings.rate = rate ?? settings.rate
        settings.weight = weight ?? settings.weight
        return settings
    }

    /// What is wrong with the options for a baseline; nil if nothing is.
    func problem(of baseline: Baseline) -> String? {
        let isBottleneck = baseline == .head(.mmCBM) || baseline == .head(.mmProtoSim)
        let uses: [(option: String, isGiven: Bool, isUsed: Bool)] = [
            ("batch", batch != nil, baseline != .map), ("final-rate", finalRate != nil, baseline != .map),
            ("width", width != nil, isBottleneck),
            ("temperature", temperature != nil, baseline == .head(.mmProtoSim)),
            ("block", block != nil, baseline == .head(.featureMaps)),
            ("drop", drop != nil, baseline == .head(.featureMaps)), ("weight", weight != nil, baseline == .map),
            ("seed", seed != nil, baseline != .map),
        ]
        if let idle = uses.first(where: { $0.isGiven && !$0.isUsed }) {
            return "--\(idle.option) does nothing with --baseline \(baseline.name); leave it out."
        }
        return (baseline == .map ? mapSettings.problems : headSettings.problems).first
    }
}
