@testable import Inference

/// The small trunks that `tools/golden/families.py` registers with timm under names of its own.
enum GoldenTrunk {
    static let named: [String: VisionTransformerShape] = [
        "small_siglip_gelu": sigLIP(image: 32, patch: 8, width: 64, layers: 2, heads: 4, mlpWidth: 172, .gelu),
        "small_siglip_tanh": sigLIP(image: 44, patch: 10, width: 60, layers: 3, heads: 3, mlpWidth: 224, .tanhGelu),
        "small_clip": VisionTransformerShape(
            imageSize: 42, patchSize: 14,
            transformer: TransformerShape(width: 64, layers: 2, heads: 2, mlpWidth: 256), projection: .none),
        "small_perception": perception(image: 40, width: 64, heads: 2, mlpWidth: 256, hasClassToken: true),
        "small_perception_bare": perception(image: 48, width: 96, heads: 4, mlpWidth: 560, hasClassToken: false),
        "small_eva02": VisionTransformerShape(
            imageSize: 40, patchSize: 8, hasPatchBias: true, hasInputNorm: false,
            transformer: TransformerShape(
                width: 64, layers: 2, heads: 2, mlpWidth: 172,
                rotation: GridRotation(offset: 0, trainedSide: 4, base: 10000, startsWithRows: true),
                hasInnerNorms: true, isGated: true, activation: .silu, epsilon: 1e-6),
            projection: .none, projections: .apart),
        "small_eva": VisionTransformerShape(
            imageSize: 32, patchSize: 8, hasPatchBias: true, hasInputNorm: false,
            transformer: TransformerShape(width: 60, layers: 2, heads: 3, mlpWidth: 261, epsilon: 1e-6),
            projection: .none, projections: .jointWithoutKeyBias),
        "small_mobile": VisionTransformerShape(
            imageSize: 48, patchSize: 16, stem: [4, 2, 2], isClassTokenPlaced: false, hasInputNorm: false,
            transformer: TransformerShape(width: 96, layers: 2, heads: 4, mlpWidth: 384, epsilon: 1e-6),
            projection: .none),
    ]

    private static func sigLIP(
        image: Int, patch: Int, width: Int, layers: Int, heads: Int, mlpWidth: Int, _ activation: Activation
    ) -> VisionTransformerShape {
        VisionTransformerShape(
            imageSize: image, patchSize: patch, hasPatchBias: true, hasClassToken: false, hasInputNorm: false,
            transformer: TransformerShape(
                width: width, layers: layers, heads: heads, mlpWidth: mlpWidth, activation: activation, epsilon: 1e-6),
            pooling: .latent(LatentPoolShape(heads: heads, mlpWidth: mlpWidth)), projection: .none)
    }

    private static func perception(
        image: Int, width: Int, heads: Int, mlpWidth: Int, hasClassToken: Bool
    ) -> VisionTransformerShape {
        let rotation = GridRotation(offset: hasClassToken ? 1 : 0, trainedSide: image / 8, base: 10000)
        return VisionTransformerShape(
            imageSize: image, patchSize: 8, hasClassToken: hasClassToken,
            transformer: TransformerShape(
                width: width, layers: 2, heads: heads, mlpWidth: mlpWidth, rotation: rotation),
            pooling: .latent(LatentPoolShape(heads: 8, mlpWidth: 4 * width)), projection: .none)
    }
}
