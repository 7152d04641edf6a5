import CKernels

/// A 3×3 convolution of stride 1 with zeros around the map, rectified, by Winograd's F(2×2, 3×3) (Lavin and Gray 2016,
/// "Fast Algorithms for Convolutional Neural Networks"): 16 products make 4 pixels where 36 would.
///
/// Its rounding error stays within a few units of a direct sum's, unlike that of larger tiles.
struct WinogradConvolution: Sendable {
    let inputs: Int
    let outputs: Int
    /// One for each place of the transformed window, 4 × 4.
    private let layers: [PackedLayer]
    private let bias: [Float]

    init(_ folded: FoldedConvolution) {
        precondition(folded.side == 3, "a \(folded.side)×\(folded.side) convolution")
        self.init(weights: folded.weights, bias: folded.bias, inputs: folded.inputs, outputs: folded.outputs)
    }

    /// - Parameters:
    ///   - weights: `[outputs, inputs, 3, 3]`.
    ///   - bias: `[outputs]`.
    init(weights: [Float], bias: [Float], inputs: Int, outputs: Int) {
        (self.inputs, self.outputs, self.bias) = (inputs, outputs, bias)
        var planes = [[Float]](repeating: .init(repeating: 0, count: inputs * outputs), count: 16)
        for pair in 0..<inputs * outputs {
            let filter = weights[pair * 9..<pair * 9 + 9].map(Double.init)
            // G g, 4 × 3, then (G g) Gᵀ, 4 × 4.
            let half = (0..<3).map { column in
                Self.spread(filter[column], filter[3 + column], filter[6 + column])
            }
            for row in 0..<4 {
                let values = Self.spread(half[0][row], half[1][row], half[2][row])
                for column in 0..<4 { planes[4 * row + column][pair] = Float(values[column]) }
            }
        }
        layers = planes.map { PackedLayer(weights: $0, bias: [], inputs: inputs, outputs: outputs) }
    }

    /// G applied to three values, G = [1 0 0; ½ ½ ½; ½ −½ ½; 0 0 1].
    private static func spread(_ a: Double, _ b: Double, _ c: Double) -> [Double] {
        [a, (a + b + c) / 2, (a - b + c) / 2, c]
    }

    /// Multiply-adds of the convolution as such, which is what others count too.
    func multiplyAdds(_ size: Int) -> Int { size * size * 9 * inputs * outputs }

    /// Windows transformed at once: what they become stays near the cache, and is a multiple of a tile's rows.
    private var windowsAtOnce: Int { RowKernels.wholeTiles(16_384 / (inputs + outputs)) }

    /// Floats of `scratch` that ``apply(_:images:size:into:scratch:)`` needs.
    var scratchFloats: Int { 16 * windowsAtOnce * (inputs + outputs) + layers[0].scratchFloats }

    /// - Parameters:
    ///   - map: `[images, size, size, inputs]`.
    ///   - out: `[images, size, size, outputs]`, what is below 0 made 0.
    func apply(
        _ map: UnsafePointer<Float>, images: Int, size: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let side = (size + 1) / 2
        let windows = images * side * side
        let transformed = scratch
        let products = transformed + 16 * windowsAtOnce * inputs
        let rest = products + 16 * windowsAtOnce * outputs
        for first in stride(from: 0, to: windows, by: windowsAtOnce) {
            let count = min(windowsAtOnce, windows - first)
            RowKernels.current.winograd_input(map, size, inputs, first, count, transformed)
            for (place, layer) in layers.enumerated() {
                layer.apply(
                    transformed + place * count * inputs, rows: count, into: products + place * count * outputs,
                    scratch: rest)
            }
            RowKernels.current.winograd_output(products, bias, size, outputs, first, count, out)
        }
    }
}
