import CKernels

/// A 7×7 convolution of every channel by itself, with zeros around the map.
struct DepthwiseConvolution: Sendable {
    static let side = 7

    let channels: Int
    /// Groups of 16 channels, the last filled up with zeros: `[groups, 49, 16]`.
    private let weights: AlignedFloats
    /// `[channels]`.
    private let bias: [Float]

    init(_ tensors: TensorScope, channels: Int) throws(InferenceError) {
        let side = Self.side
        self.init(
            weights: try tensors.floats("weight", [channels, 1, side, side]),
            bias: try tensors.floats("bias", [channels]), channels: channels)
    }

    /// - Parameters:
    ///   - weights: `[channels, 7, 7]`.
    ///   - bias: `[channels]`.
    init(weights: [Float], bias: [Float], channels: Int) {
        (self.channels, self.bias) = (channels, bias)
        let area = Self.side * Self.side
        self.weights = AlignedFloats(count: (channels + 15) / 16 * area * 16) { packed in
            for index in 0..<(channels + 15) / 16 * area * 16 {
                let (channel, place) = (index / (area * 16) * 16 + index % 16, index / 16 % area)
                packed[index] = channel < channels ? weights[channel * area + place] : 0
            }
        }
    }

    func multiplyAdds(_ size: Int) -> Int { size * size * Self.side * Self.side * channels }

    /// Floats of `scratch` for maps of `size`: 16 channels with what is around them.
    static func scratchFloats(_ size: Int) -> Int { (size + 6) * ((size + 7) / 8 * 8 + 6) * 16 }

    /// - Parameters:
    ///   - map: `[size, size, channels]`.
    ///   - out: as `map`, elsewhere.
    func apply(
        _ map: UnsafePointer<Float>, size: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, kernels: entente_kernels = RowKernels.current
    ) {
        kernels.depthwise(map, size, channels, weights.base, bias, out, scratch)
    }
}
