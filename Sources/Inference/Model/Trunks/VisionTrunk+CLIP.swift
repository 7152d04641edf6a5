extension VisionTrunk {
    /// CLIP's own transformers, `vit_SIZE_patchN_clip[_quickgelu]_S`, and those of Locality Alignment, `svit_…`, whose attention
    /// logits level off at 30.
    static func clip(_ name: String) -> VisionTransformerShape? {
        let pattern = /(s?)vit_([a-z]+)_patch([0-9]{1,4})_clip(_quickgelu)?_([0-9]{1,4})/
        guard let match = name.wholeMatch(of: pattern), let (width, layers, heads) = sizes[String(match.2)],
            let patch = Int(match.3), let image = Int(match.5), patch > 0, patch <= image
        else { return nil }
        var body = TransformerShape(width: width, layers: layers, heads: heads, mlpWidth: 4 * width)
        body.activation = match.4 == nil ? .gelu : .quickGelu
        if !match.1.isEmpty { body.softCap = 30 }
        return VisionTransformerShape(imageSize: image, patchSize: patch, transformer: body, projection: .none)
    }
}
