extension VisionTrunk {
    /// EVA-CLIP's first giant (Sun et al., 2023) and the EVA-02 (Fang et al., 2023) that came after it: keys have no bias, and EVA-02
    /// turns queries and keys beside learnt positions, gates its perceptrons and norms what goes into a block's last layers.
    static func eva(_ name: String) -> VisionTransformerShape? {
        if name == "eva_giant_patch14_224" {
            var body = TransformerShape(width: 1408, layers: 40, heads: 16, mlpWidth: 6144)
            body.epsilon = 1e-6
            return eva(image: 224, patch: 14, body, .jointWithoutKeyBias)
        }
        guard let row = evaRows[name] else { return nil }
        var body = row.body
        body.rotation = GridRotation(offset: 0, trainedSide: 16, base: 10000, startsWithRows: true)
        (body.hasInnerNorms, body.isGated, body.activation, body.epsilon) = (true, true, .silu, 1e-6)
        return eva(image: row.image, patch: row.patch, body, .apart)
    }

    private static func eva(
        image: Int, patch: Int, _ body: TransformerShape, _ projections: TimmNames.Projections
    ) -> VisionTransformerShape {
        VisionTransformerShape(
            imageSize: image, patchSize: patch, hasPatchBias: true, hasInputNorm: false, transformer: body,
            projection: .none, projections: projections)
    }

    /// Figures from timm 1.0.31.
    private static let evaRows = [
        "eva02_base_patch16_clip_224": RotaryRow(
            patch: 16, image: 224, width: 768, layers: 12, heads: 12, mlpWidth: 2048),
        "eva02_large_patch14_clip_224": RotaryRow(
            patch: 14, image: 224, width: 1024, layers: 24, heads: 16, mlpWidth: 2730),
        "eva02_large_patch14_clip_336": RotaryRow(
            patch: 14, image: 336, width: 1024, layers: 24, heads: 16, mlpWidth: 2730),
    ]
}
