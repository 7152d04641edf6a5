extension VisionTrunk {
    /// The transformer of MobileCLIP-B and MobileCLIP2-B (Vasu et al., CVPR 2024): patches come out of three convolutions, and the
    /// class token has no position.
    static func mobileCLIP(_ name: String) -> VisionTransformerShape? {
        guard name == "vit_base_mci_224" else { return nil }
        var body = TransformerShape(width: 768, layers: 12, heads: 12, mlpWidth: 3072)
        body.epsilon = 1e-6
        return VisionTransformerShape(
            imageSize: 224, patchSize: 16, stem: [4, 2, 2], isClassTokenPlaced: false, hasInputNorm: false,
            transformer: body, projection: .none)
    }
}
