/// An image's parts under one part method, and what they are called, as an explanation.
public struct PartsExplainer: Explainer {
    public let name: String
    public let regions: [ExplainedRegion]

    /// - Parameters:
    ///   - findings: of `grouping`.
    ///   - foreground: what parts are confined to; nil for whole patches.
    ///   - size: S, the side of the picture in pixels.
    public init(_ findings: PartFindings, _ grouping: PartGrouping, within foreground: ForegroundPixels?, size: Int) {
        name = findings.key
        regions = findings.importances.map { importance in
            ExplainedRegion(
                mask: grouping.pixels(of: importance.part, width: size, height: size, within: foreground),
                importance: importance.value, descriptor: importance.descriptor)
        }
    }
}
