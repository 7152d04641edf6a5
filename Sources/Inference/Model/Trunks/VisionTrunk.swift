/// What timm's names of vision transformers stand for; a page a family.
enum VisionTrunk {
    private struct Family {
        /// One of its names, for messages.
        let example: String
        let shape: @Sendable (_ name: String) -> VisionTransformerShape?
    }

    private static let families = [
        Family(example: "vit_base_patch16_clip_224", shape: clip),
        Family(example: "vit_base_patch16_siglip_224", shape: sigLIP),
        Family(example: "vit_pe_core_base_patch16_224", shape: perceptionEncoder),
        Family(example: "vit_base_mci_224", shape: mobileCLIP),
        Family(example: "eva02_base_patch16_clip_224", shape: eva),
    ]

    /// The trunk without a projection; nil for a name of none of the families.
    ///
    /// - Parameter name: with or without a tag behind a dot.
    static func named(_ name: String) -> VisionTransformerShape? {
        let bare = String(name.prefix { $0 != "." })
        return families.lazy.compactMap { $0.shape(bare) }.first
    }

    static var examples: String { families.map(\.example).joined(separator: ", ") }

    /// Sizes that several families share: width, layers, heads.
    static let sizes = [
        "tiny": (192, 12, 3), "small": (384, 12, 6), "base": (768, 12, 12), "large": (1024, 24, 16),
    ]

    /// Figures of a trunk with rotary positions.
    struct RotaryRow {
        let patch: Int, image: Int
        let width: Int, layers: Int, heads: Int, mlpWidth: Int
        var hasClassToken = true

        var body: TransformerShape {
            TransformerShape(width: width, layers: layers, heads: heads, mlpWidth: mlpWidth)
        }
    }
}
