extension VisionTrunk {
    /// The Perception Encoder's contrastive models (Bolya et al., 2025): rotary positions beside learnt ones, pooled by attention
    /// of eight heads over all rows, the class token's among them.
    static func perceptionEncoder(_ name: String) -> VisionTransformerShape? {
        guard let row = perceptionRows[name] else { return nil }
        var body = row.body
        body.rotation = GridRotation(
            offset: row.hasClassToken ? 1 : 0, trainedSide: row.image / row.patch, base: 10000)
        return VisionTransformerShape(
            imageSize: row.image, patchSize: row.patch, hasClassToken: row.hasClassToken, transformer: body,
            pooling: .latent(LatentPoolShape(heads: 8, mlpWidth: 4 * row.width)), projection: .none)
    }

    /// Figures from timm 1.0.31.
    private static let perceptionRows = [
        "vit_pe_core_tiny_patch16_384": RotaryRow(
            patch: 16, image: 384, width: 192, layers: 12, heads: 3, mlpWidth: 768),
        "vit_pe_core_small_patch16_384": RotaryRow(
            patch: 16, image: 384, width: 384, layers: 12, heads: 6, mlpWidth: 1536),
        "vit_pe_core_base_patch16_224": RotaryRow(
            patch: 16, image: 224, width: 768, layers: 12, heads: 12, mlpWidth: 3072),
        "vit_pe_core_large_patch14_336": RotaryRow(
            patch: 14, image: 336, width: 1024, layers: 24, heads: 16, mlpWidth: 4096),
        "vit_pe_core_gigantic_patch14_448": RotaryRow(
            patch: 14, image: 448, width: 1536, layers: 50, heads: 16, mlpWidth: 8960, hasClassToken: false),
    ]
}
