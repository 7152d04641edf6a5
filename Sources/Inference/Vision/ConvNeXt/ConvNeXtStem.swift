/// Patches of 4×4 pixels, normed.
struct ConvNeXtStem: NetworkStem {
    private let patches: PixelConvolution
    private let norm: LayerNorm
    private let imageSize: Int

    init(_ trunk: TensorScope, _ shape: ConvNeXtShape) throws(InferenceError) {
        imageSize = shape.imageSize
        let width = shape.trunk.widths[0]
        let stem = trunk.scope("stem")
        patches = PixelConvolution(
            weights: try stem.floats("0.weight", [width, 3, 4, 4]), bias: try stem.floats("0.bias", [width]),
            outputs: width, side: 4, stride: 4, border: 0)
        norm = try LayerNorm(stem.scope("1"), width: width, epsilon: shape.trunk.epsilon)
    }

    var multiplyAdds: Int { patches.multiplyAdds(imageSize) }
    var scratchFloats: Int { patches.scratchFloats(imageSize) }

    func run(
        _ image: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        patches.apply(image, size: imageSize, into: out, scratch: scratch)
        let size = patches.resultSize(imageSize)
        norm.apply(out, into: out, rows: size * size)
    }
}
