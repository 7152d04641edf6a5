extension VisionTrunk {
    /// SigLIP (Zhai et al., ICCV 2023) and SigLIP 2 (Tschannen et al., 2025) at a fixed size: no class token, no norm before the
    /// blocks, pooled by attention.
    ///
    /// No file of the hub says which of the two GELUs a trunk was trained with; timm tells it by the trunk's name.
    static func sigLIP(_ name: String) -> VisionTransformerShape? {
        guard let match = name.wholeMatch(of: /vit_([a-z0-9]+)_patch([0-9]{2})_siglip_([0-9]{3})/),
            let patch = Int(match.2), let image = Int(match.3),
            let row = rows.first(where: { $0.size == match.1 && $0.patch == patch && $0.images.contains(image) })
        else { return nil }
        var body = TransformerShape(width: row.width, layers: row.layers, heads: row.heads, mlpWidth: row.mlpWidth)
        (body.activation, body.epsilon) = (row.activation, 1e-6)
        return VisionTransformerShape(
            imageSize: image, patchSize: patch, hasPatchBias: true, hasClassToken: false, hasInputNorm: false,
            transformer: body,
            pooling: .latent(LatentPoolShape(heads: row.heads, mlpWidth: row.mlpWidth)), projection: .none)
    }

    private struct Row {
        let size: String
        let patch: Int
        let images: [Int]
        let (width, layers, heads, mlpWidth): (Int, Int, Int, Int)
        let activation: Activation

        init(
            _ size: String, _ patch: Int, _ images: [Int], _ shape: (Int, Int, Int, Int), _ activation: Activation
        ) {
            (self.size, self.patch, self.images, self.activation) = (size, patch, images, activation)
            (width, layers, heads, mlpWidth) = shape
        }
    }

    /// Figures from timm 1.0.31.
    private static let rows = [
        Row("base", 16, [224, 256, 384, 512], (768, 12, 12, 3072), .gelu),
        Row("base", 32, [256], (768, 12, 12, 3072), .tanhGelu),
        Row("large", 16, [256, 384], (1024, 24, 16, 4096), .gelu),
        Row("large", 16, [512], (1024, 24, 16, 4096), .tanhGelu),
        Row("so400m", 14, [224, 378, 384], (1152, 27, 16, 4304), .gelu),
        Row("so400m", 16, [256, 384, 512], (1152, 27, 16, 4304), .tanhGelu),
        Row("giantopt", 16, [256, 384], (1536, 40, 16, 6144), .tanhGelu),
    ]
}
