/// What a trained head points at, as an explanation: regions that may overlap, of whole patches.
public struct ExtentsExplainer: Explainer {
    public let name: String
    public let regions: [ExplainedRegion]

    /// - Parameters:
    ///   - findings: with ``PartFindings/extents``.
    ///   - size: S, the side of the picture in pixels.
    public init(_ findings: PartFindings, size: Int) {
        let grid = PatchGrid(height: findings.gridHeight, width: findings.gridWidth)
        name = findings.key
        regions = findings.importances.map { importance in
            let patches = findings.extents[importance.part]
            return ExplainedRegion(
                mask: grid.pixels(width: size, height: size) { patches[$0] }, importance: importance.value,
                descriptor: importance.descriptor)
        }
    }
}
